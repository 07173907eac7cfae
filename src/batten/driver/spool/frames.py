"""Frames of a FIFO: a length of 4 bytes, big-endian, and a protobuf LogEntry of that many bytes.

Whoever starts to read in the middle looks for how the engine begins every entry: the field `source`
with `stdout` or `stderr`, and then the tag of its time.
"""

import re
import struct

# The engine cuts lines at 16 KiB; what claims to be far longer is no frame.
LONGEST = 1 << 20
_LENGTH = struct.Struct(">I")
_HEAD = re.compile(rb"\x00.{3}\x0a\x06std(?:out|err)\x10", re.DOTALL)
STARTS = (b"\x0a\x06stdout\x10", b"\x0a\x06stderr\x10")
# A line can hold bytes that look like a frame; three in a row it does not hold.
_CHAIN = 3


def resync(data: bytes, start: int = 0) -> int | None:
    """Where the first frame at or behind `start` begins, None where none does.

    A frame is believed when the next ones follow it, or when `data` ends first.
    """
    while found := _HEAD.search(data, start):
        if _follows(data, found.start()):
            return found.start()
        start = found.start() + 1
    return None


def _follows(data: bytes, at: int) -> bool:
    for _ in range(_CHAIN):
        if at + _LENGTH.size > len(data):
            return True
        (length,) = _LENGTH.unpack_from(data, at)
        if not 0 < length <= LONGEST or not data.startswith(STARTS, at + _LENGTH.size):
            return at + _LENGTH.size + len(STARTS[0]) > len(data)
        at += _LENGTH.size + length
    return True


def count_lines(data: bytes) -> int:
    """How many entries begin in `data`; the pieces of a long line count one each."""
    return sum(data.count(start) for start in STARTS)
