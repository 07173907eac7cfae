"""A LogEntry of the engine, read and written for `docker logs`."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from batten.driver.spool.frames import LONGEST, STARTS, resync

_LENGTH = struct.Struct(">I")
_LINE, _TIME, _PARTIAL, _METADATA = 3, 2, 4, 5
_LAST = 1


class Entry(NamedTuple):
    """A line, or a piece of a long one; `frame` is all of it as the engine wrote it."""

    time_ns: int
    line: bytes
    partial: bool
    head: bytes  # the fields that stand before the line
    tail: bytes  # and those behind

    @property
    def ends_line(self) -> bool:
        """Whether a line ends with it."""
        return not self.partial

    def told(self) -> bytes:
        """As a frame whose line ends in a newline, which the engine wants of a reader."""
        line = self.line if self.partial else self.line + b"\n"
        body = self.head + b"\x1a" + _varint(len(line)) + line + self.tail
        return _LENGTH.pack(len(body)) + body


def entries(data: bytes, start: int = 0) -> Iterator[tuple[int, Entry]]:
    """The whole frames from `start` on, each with the offset behind it; garbage is passed over."""
    while start + _LENGTH.size <= len(data):
        (length,) = _LENGTH.unpack_from(data, start)
        if not 0 < length <= LONGEST or not data.startswith(STARTS, start + _LENGTH.size):
            found = resync(data, start + 1)
            if found is None:
                return
            start = found
            continue
        end = start + _LENGTH.size + length
        if end > len(data):
            return
        yield end, _entry(data, start + _LENGTH.size, end)
        start = end


def _entry(data: bytes, at: int, end: int) -> Entry:
    time_ns, line, partial, before, behind = 0, b"", False, at, end
    begin, seen = at, False
    while at < end:
        field = at
        tag, at = _number(data, at)
        if tag & 7 == 2:
            length, at = _number(data, at)
            value, at = data[at : at + length], at + length
            if tag >> 3 == _LINE:
                line, before, behind, seen = value, field, at, True
            elif tag >> 3 == _METADATA:
                partial = partial and not _is_last(value)
        else:
            number, at = _number(data, at)
            if tag >> 3 == _TIME:
                time_ns = number
            elif tag >> 3 == _PARTIAL:
                partial = bool(number)
    if not seen:
        # An empty line has no field of its own.
        before = behind = end
    return Entry(time_ns, line, partial, data[begin:before], data[behind:end])


def _is_last(metadata: bytes) -> bool:
    """Whether a piece is the last of its line: `partial` is set in that one too."""
    at = 0
    while at < len(metadata):
        tag, at = _number(metadata, at)
        value, at = _number(metadata, at)
        if tag & 7 == 2:
            at += value
        elif tag >> 3 == _LAST:
            return bool(value)
    return False


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A varint, and where it ends; a cut one ends with the data."""
    number = shift = 0
    while at < len(data):
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
    return number, at


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
