"""Dropping the oldest lines where the spool is full, and telling of it."""

import contextlib
from collections.abc import Iterable

from batten.driver.spool import drop
from batten.driver.spool.segment import Segment
from batten.driver.spool.stream import Stream

QUOTA = "quota"


def drop_beyond(streams: Iterable[Stream], most: int) -> int:
    """Remove the oldest segments until these streams take no more than `most` bytes on disk.

    Segments that were shipped go first. The two ends of each stream stay: the acceptor writes to
    one, the shipper reads from the other. Returns the bytes that were made free.
    """
    droppable, total = list[tuple[bool, int, int, Stream, Segment, int]](), 0
    for stream in streams:
        with contextlib.suppress(FileNotFoundError):
            total += _collect(stream, droppable)
    freed = 0
    for *_, stream, segment, size in sorted(droppable, key=lambda one: one[:3]):
        if total - freed <= most:
            break
        with contextlib.suppress(FileNotFoundError):
            _drop(stream, segment)
            freed += size
    return freed


def _collect(stream: Stream, into: list[tuple[bool, int, int, Stream, Segment, int]]) -> int:
    """Note what could go, in the order in which it would; return what the stream takes."""
    found, shipped, total = stream.segments(), stream.shipped, 0
    for number, segment in enumerate(found):
        status = segment.path.stat()
        total += status.st_size
        if number < len(found) - 1 and not segment.is_in_hand(shipped):
            into.append(
                (
                    segment.end > shipped,
                    status.st_mtime_ns,
                    segment.start,
                    stream,
                    segment,
                    status.st_size,
                )
            )
    return total


def _drop(stream: Stream, segment: Segment) -> None:
    begin, end = max(stream.shipped, segment.start), segment.end
    if begin < end:
        # Told first: a drop that was told twice counts once, one that was never told is a lie.
        drop.record(stream.folder, begin, end, segment.lines(begin), QUOTA)
    segment.path.unlink()
