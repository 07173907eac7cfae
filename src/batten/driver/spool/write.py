"""Appending to a stream, straight from a FIFO: the bytes never come into this process."""

import contextlib
import os
from pathlib import Path

from batten.driver.spool import drop
from batten.driver.spool.frames import count_lines
from batten.driver.spool.segment import path, segments
from batten.driver.spool.stream import Stream
from batten.driver.spool.sync import Syncer

# Bytes at which the next segment begins.
SEGMENT = 8 << 20
# More than any pipe holds.
_ALL = 1 << 24


class Writer:
    """The open end of one stream; there is only one at a time.

    It begins where the last one ended: what a killed one had moved out of the FIFO is in the file.
    """

    def __init__(self, folder: Path, syncer: Syncer) -> None:
        self._folder = folder
        self._syncer = syncer
        self._file: int | None = None
        self._untold: list[tuple[int, int, int]] = []
        found = segments(folder)
        self._start = found[-1].start if found else 0
        self.offset = found[-1].end if found else 0
        if found and not found[-1].sealed:
            self._file = os.open(found[-1].path, os.O_WRONLY | os.O_CLOEXEC)
        else:
            self._start = self.offset

    def take(self, fifo: int) -> int:
        """Move what `fifo` holds to the end of the stream; return the bytes, 0 without a writer.

        Raise BlockingIOError when it is empty, any other OSError when the disk does not take it.
        """
        if self._file is None or self.offset - self._start >= SEGMENT:
            self._roll()
        assert self._file is not None  # noqa: S101  # _roll opened it
        taken = os.splice(
            fifo, self._file, _ALL, offset_dst=self.offset - self._start, flags=os.SPLICE_F_NONBLOCK
        )
        self.offset += taken
        if taken:
            self._syncer.wrote(self._file)
        return taken

    def _roll(self) -> None:
        """Begin the next segment."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
        file = os.open(path(self._folder, self.offset), flags, 0o600)
        self.close()
        self._file, self._start = file, self.offset
        with contextlib.suppress(OSError):
            self._syncer.close(os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC))

    def drop_oldest(self) -> bool:
        """Remove the oldest segment to make room, the open one too; False where there is none.

        What of it was not shipped is counted and told. Raise FileNotFoundError where somebody else
        removed it.
        """
        # A file that is still to be synced keeps its room though it is removed.
        self._syncer.round()
        found = [segment for segment in segments(self._folder) if segment.size]
        if not found:
            return False
        shipped = Stream(self._folder).shipped
        oldest = next((one for one in found[:-1] if not one.is_in_hand(shipped)), found[0])
        begin, end = max(shipped, oldest.start), oldest.end
        lost = oldest.lines(begin) if begin < end else 0
        oldest.path.unlink()
        if oldest.start == self._start and self._file is not None:
            self._syncer.abandon(self._file)
            self._file = None
        if begin < end:
            self._tell(begin, end, lost)
        return True

    def discard(self, fifo: int) -> int:
        """Read what `fifo` holds and forget it, counted; raise BlockingIOError when it is empty."""
        data = os.read(fifo, 1 << 20)
        if data:
            self.close()
            self._tell(self.offset, self.offset + len(data), count_lines(data))
            self.offset += len(data)
        return len(data)

    def _tell(self, begin: int, end: int, lines: int) -> None:
        if self._untold and self._untold[-1][1] == begin:
            before = self._untold.pop()
            begin, lines = before[0], before[2] + lines
        self._untold.append((begin, end, lines))
        self._tell_all()

    def _tell_all(self) -> None:
        # Where not even this finds room, it is told with the next.
        with contextlib.suppress(OSError):
            while self._untold:
                drop.record(self._folder, *self._untold[0], "disk-full")
                del self._untold[0]

    def close(self) -> None:
        """Nothing more will be appended to the open segment."""
        if self._file is not None:
            self._syncer.close(self._file)
            self._file = None
        self._tell_all()
