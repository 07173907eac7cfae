"""One frame of the spool, read field by field.

LogEntry { 1: source, 2: time in nanoseconds, 3: line, 4: partial, 5: PartialLogMetadata }
PartialLogMetadata { 1: last, 2: id, 3: ordinal }
"""

from typing import NamedTuple

from batten.driver.shipper.wire import read_varint

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class Frame(NamedTuple):
    """What the engine says about a line, or about a piece of one.

    `id` is the same for all pieces of a line, and empty for a whole line and in engines that do not
    number pieces; `last` is only said where there is an id.
    """

    source: str = ""
    time_ns: int = 0
    line: bytes = b""
    partial: bool = False
    id: bytes = b""
    last: bool = False


def frame(data: bytes) -> Frame:
    """The frame in the bytes behind its length; ValueError if they are none."""
    found = _fields(data)
    parts = _fields(_bytes(found, 5))
    return Frame(
        source=_bytes(found, 1).decode(errors="replace"),
        time_ns=_number(found, 2),
        line=_bytes(found, 3),
        partial=bool(_number(found, 4)),
        id=_bytes(parts, 2),
        last=bool(_number(parts, 1)),
    )


def _number(found: dict[int, int | bytes], tag: int) -> int:
    value = found.get(tag, 0)
    return value if isinstance(value, int) else 0


def _bytes(found: dict[int, int | bytes], tag: int) -> bytes:
    value = found.get(tag, b"")
    return value if isinstance(value, bytes) else b""


def _fields(data: bytes) -> dict[int, int | bytes]:
    found: dict[int, int | bytes] = {}
    at = 0
    try:
        while at < len(data):
            key, at = read_varint(data, at)
            kind = key & 7
            if kind == _VARINT:
                found[key >> 3], at = read_varint(data, at)
                continue
            if kind == _BYTES:
                size, at = read_varint(data, at)
            else:
                size = {_FIXED64: 8, _FIXED32: 4}[kind]
            if at + size > len(data):
                raise ValueError("a field ends behind its frame")
            found[key >> 3] = data[at : at + size]
            at += size
    except LookupError as wrong:
        raise ValueError("not a LogEntry") from wrong
    return found
