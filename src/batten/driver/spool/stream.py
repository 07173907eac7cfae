"""A stream: what one start of a container wrote, from its first byte to its last."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from batten.driver.spool import drop
from batten.driver.spool.frames import resync
from batten.driver.spool.segment import Segment, segments

START, STOPPED, MARK = "start.json", "stopped", "mark.json"
# Bytes in which a frame's beginning must show: a few times the longest that the engine makes.
_WINDOW = 256 << 10


class Stream:
    """One folder of the spool.

    Offsets count the bytes that came out of the FIFO. Segments are sealed, shipped and removed
    while it is read: FileNotFoundError means that the whole stream has gone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        self.container, _, started = folder.name.rpartition("-")
        self.started_ns = int(started)

    @cached_property
    def start(self) -> dict[str, Any]:
        """What StartLogging said: `file`, `info` and `started_ns`."""
        found: dict[str, Any] = json.loads((self.folder / START).read_bytes())
        return found

    @property
    def info(self) -> dict[str, Any]:
        """The engine's words about the container."""
        found: dict[str, Any] = self.start["info"]
        return found

    @property
    def stopped(self) -> bool:
        """Whether nothing more will be appended."""
        return (self.folder / STOPPED).exists()

    @property
    def shipped(self) -> int:
        """The offset up to which Loki has everything, 0 before its first answer."""
        try:
            return int(json.loads((self.folder / MARK).read_bytes())["offset"])
        except (FileNotFoundError, ValueError, KeyError):
            return 0

    @property
    def end(self) -> int:
        """The offset behind the last byte."""
        found = self.segments()
        return found[-1].end if found else 0

    def segments(self) -> list[Segment]:
        """Its files in the order of their bytes."""
        return segments(self.folder)

    def drops(self) -> list[drop.Drop]:
        """What was removed before it was shipped, in the order of its bytes."""
        return drop.drops(self.folder)

    def read(self, offset: int, max_bytes: int) -> bytes:
        """Contiguous bytes from `offset` on; none at the end of the stream and in a gap."""
        try:
            return self._read(offset, max_bytes)
        except FileNotFoundError:
            # It was sealed or removed since it was listed; the second look is at what is there now.
            return self._read(offset, max_bytes)

    def _read(self, offset: int, max_bytes: int) -> bytes:
        pieces, at, missing = [], offset, max_bytes
        for segment in _from(self.segments(), offset):
            piece = segment.read(at, missing) if segment.start <= at else b""
            if not piece:
                break
            pieces.append(piece)
            at, missing = at + len(piece), missing - len(piece)
            if not missing:
                break
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def resume(self, offset: int) -> int:
        """Where a reader who stands at `offset` goes on.

        That is `offset` where there are bytes, and at the end; in a gap it is the first frame
        behind it.
        """
        if self.read(offset, 1):
            return offset
        behind = [segment.start for segment in self.segments() if segment.start > offset]
        for start in behind:
            found = resync(self.read(start, _WINDOW))
            if found is not None:
                return start + found
        return max(offset, self.end)


def _from(found: list[Segment], offset: int) -> list[Segment]:
    """The segments from the one on in which `offset` lies."""
    first = 0
    for number, segment in enumerate(found):
        if segment.start <= offset:
            first = number
    return found[first:]
