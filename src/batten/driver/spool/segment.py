"""A file of a stream: its bytes from one offset on, as they came or compressed."""

import functools
import os
import struct
from pathlib import Path
from typing import NamedTuple, Self

from batten.driver.spool.frames import count_lines

OPEN, SEALED = ".seg", ".seg.zst"
# Bytes behind the mark that the shipper may hold in its hands: a push has 4 MiB at most.
IN_HAND = 5 << 20
# A skippable frame of zstd behind the compressed bytes says how many they were, and how many lines:
# any zstd tool reads the file, and nobody has to unpack it to know that much.
_FOOTER = struct.Struct("<IIQQ")
_SKIPPABLE = 0x184D2A50


class Segment(NamedTuple):
    """Bytes of a stream from offset `start` on; `sealed` when they are compressed."""

    start: int
    path: Path
    sealed: bool

    @classmethod
    def named(cls, path: Path) -> Self | None:
        """The segment that a file's name tells of, None for any other file."""
        digits, _, suffix = path.name.partition(".")
        if not digits.isdigit() or f".{suffix}" not in {OPEN, SEALED}:
            return None
        return cls(int(digits), path, f".{suffix}" == SEALED)

    @property
    def size(self) -> int:
        """Bytes of the stream that are in it, whatever they take on the disk."""
        if not self.sealed:
            return self.path.stat().st_size
        return self._footer()[0]

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.start + self.size

    def is_in_hand(self, shipped: int) -> bool:
        """Whether a push may be under way with bytes of it.

        To drop it would count lines as lost that are about to arrive.
        """
        return self.start < shipped + IN_HAND and self.end > shipped

    def lines(self, offset: int) -> int:
        """How many entries begin at or behind `offset`; of a sealed one, all that are in it."""
        if self.sealed:
            return self._footer()[1]
        return count_lines(self.read(max(offset, self.start), self.size))

    def _footer(self) -> tuple[int, int]:
        """How many bytes of the stream a sealed one holds, and how many lines."""
        with self.path.open("rb") as file:
            file.seek(-_FOOTER.size, os.SEEK_END)
            _, _, size, lines = _FOOTER.unpack(file.read())
        return size, lines

    def read(self, offset: int, max_bytes: int) -> bytes:
        """Up to `max_bytes` from `offset` of the stream on; raise FileNotFoundError where it left."""
        skip = offset - self.start
        if self.sealed:
            return unsealed(self.path)[skip : skip + max_bytes]
        with self.path.open("rb", buffering=0) as file:
            return os.pread(file.fileno(), max_bytes, skip)


def path(folder: Path, start: int) -> Path:
    """Where the segment from offset `start` on lies while it is not sealed."""
    return folder / f"{start:020d}{OPEN}"


def segments(folder: Path) -> list[Segment]:
    """A stream's segments in order; while one is being sealed, it counts once."""
    found = [segment for file in folder.iterdir() if (segment := Segment.named(file))]
    return list({segment.start: segment for segment in sorted(found, reverse=True)}.values())[::-1]


def compressed(data: bytes) -> bytes:
    """What a sealed segment holds."""
    import cramjam

    packed = bytes(cramjam.zstd.compress(data, level=1))
    return packed + _FOOTER.pack(_SKIPPABLE, 16, len(data), count_lines(data))


@functools.lru_cache(maxsize=1)
def unsealed(path: Path) -> bytes:
    """The bytes of a sealed segment; the last one stays, for it is read piece by piece."""
    # Imported here: the acceptor never reads a sealed segment, and never loads this.
    import cramjam

    return bytes(cramjam.zstd.decompress(path.read_bytes()[: -_FOOTER.size]))
