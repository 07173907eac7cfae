"""Answers one `docker logs`, in a process of its own: `reader STATE JSON`, onto the connection.

It is nicer than the acceptor and the shipper, and what it takes is given back when it ends.
"""

import contextlib
import json
import os
import re
import select
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

from batten.driver.acceptor.entry import Entry, entries
from batten.driver.acceptor.http import stream_head
from batten.driver.spool import Spool, Stream, resync

_CHUNK = 1 << 20
# Seconds between two looks at a stream that goes on.
_REST = 0.1
_CONNECTION = 1
_TIME = re.compile(r"([^.Z+]+?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")


class Wanted(NamedTuple):
    """What `docker logs` was asked for; times in ns, None for no bound; `tail` -1 for all."""

    container: str
    since_ns: int | None
    until_ns: int | None
    tail: int
    follow: bool

    @classmethod
    def from_engine(cls, found: dict[str, Any]) -> Self:
        """Read the engine's `Config` of ReadLogs, with the container's id."""
        return cls(
            container=found["container"],
            since_ns=_ns(found.get("Since")),
            until_ns=_ns(found.get("Until")),
            tail=int(found.get("Tail", -1)),
            follow=bool(found.get("Follow", False)),
        )


def _ns(text: str | None) -> int | None:
    """Nanoseconds of a time in RFC 3339; Go's zero time is none."""
    found = _TIME.fullmatch(text or "")
    if not found or found[1].startswith("0001-01-01"):
        return None
    seconds = int(datetime.fromisoformat(found[1] + found[3]).timestamp())
    return seconds * 10**9 + int((found[2] or "").ljust(9, "0"))


class Reading:
    """One container's lines, in order, across its restarts."""

    def __init__(self, spool: Spool, wanted: Wanted) -> None:
        self._spool = spool
        self._wanted = wanted

    def entries(self) -> Iterator[Entry | None]:
        """The entries that are wanted; None whenever there is nothing yet."""
        streams = self._spool.of(self._wanted.container)
        begin = self._tail(streams) if self._wanted.tail >= 0 else {}
        skipped = bool(begin)
        for stream in streams:
            if skipped and stream.id not in begin:
                continue
            yield from self._of(stream, begin.get(stream.id, 0), last=stream is streams[-1])

    def _of(self, stream: Stream, offset: int, *, last: bool) -> Iterator[Entry | None]:
        with contextlib.suppress(FileNotFoundError):
            offset = stream.resume(offset)
            while True:
                over = stream.stopped or not (last and self._wanted.follow)
                data = stream.read(offset, _CHUNK)
                moved = 0
                for behind, entry in entries(data):
                    moved = behind
                    if self._is_wanted(entry):
                        yield entry
                if moved:
                    offset += moved
                elif (further := stream.resume(offset + len(data))) > offset + len(data):
                    offset = further
                elif over:
                    return
                else:
                    yield None

    def _is_wanted(self, entry: Entry) -> bool:
        since, until = self._wanted.since_ns, self._wanted.until_ns
        return (since is None or entry.time_ns >= since) and (
            until is None or entry.time_ns <= until
        )

    def _tail(self, streams: list[Stream]) -> dict[str, int]:
        """Where the last lines begin: an offset for each stream that has some of them."""
        missing, found = self._wanted.tail, dict[str, int]()
        for stream in reversed(streams):
            with contextlib.suppress(FileNotFoundError):
                found[stream.id], missing = self._last_of(stream, missing)
            if not missing:
                break
        return found

    def _last_of(self, stream: Stream, missing: int) -> tuple[int, int]:
        """Where the last `missing` lines of a stream begin, and how many are then missing still."""
        end = stream.end
        if not missing:
            return end, 0
        start = end
        for segment in reversed(stream.segments()):
            begins = self._line_starts(stream, segment.start, start)
            if len(begins) >= missing:
                return begins[-missing], 0
            missing -= len(begins)
            start = begins[0] if begins else start
        return start, missing

    def _line_starts(self, stream: Stream, begin: int, end: int) -> list[int]:
        """The offsets of the lines that begin between `begin` and `end`, wanted ones only."""
        data = stream.read(begin, end - begin)
        skip = resync(data)
        if skip is None:
            return []
        found, at, fresh = list[int](), begin + skip, True
        for behind, entry in entries(data, skip):
            if fresh and self._is_wanted(entry):
                found.append(at)
            at, fresh = begin + behind, entry.ends_line
        return found


def answer(reading: Reading, *, until_ns: int | None) -> None:
    """Write every entry to the connection, and end when its other side does."""
    waiting = select.poll()
    waiting.register(_CONNECTION, select.POLLIN | select.POLLRDHUP)
    batch: list[bytes] = []
    size = 0
    for entry in reading.entries():
        if entry:
            batch.append(entry.told())
            size += len(batch[-1])
        if batch and (entry is None or size >= _CHUNK):
            _send(b"".join(batch))
            batch, size = [], 0
        if entry is None:
            if waiting.poll(0) or (until_ns is not None and time.time_ns() > until_ns):
                return
            time.sleep(_REST)
    _send(b"".join(batch))


def _send(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(_CONNECTION, view) :]


def main() -> None:
    """Answer, and be silent about a reader that left."""
    os.nice(5)
    wanted = Wanted.from_engine(json.loads(sys.argv[2]))
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _send(stream_head())
        answer(Reading(Spool(Path(sys.argv[1])), wanted), until_ns=wanted.until_ns)


if __name__ == "__main__":
    main()
