"""Loki's push format, put together by hand: protobuf in one snappy block.

    PushRequest { 1: repeated Stream }
    Stream      { 1: labels, 2: repeated Entry }
    Entry       { 1: Timestamp { 1: seconds, 2: nanoseconds }, 2: line }

An entry is held as PIECES byte strings, which are joined only when a request is made. So that they
come out of tables, numbers in a timestamp always take 5 bytes; protobuf allows such padding.
"""

from collections.abc import Iterable, Sequence

# Byte strings that make one entry: head, seconds, nanoseconds in three parts, line.
PIECES = 6
SECOND = 1_000_000_000
_TIMESTAMP = 14  # bytes of an entry's first field, tag and length included


def varint(number: int) -> bytes:
    """A number from 0 on as protobuf writes it."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _entry_head(line_field: int) -> bytes:
    """Tag and length of an entry whose line takes `line_field` bytes, its length included."""
    return b"\x12" + varint(_TIMESTAMP + 1 + line_field) + b"\x0a\x0c\x08"


# Entry heads by the length of the line and its own length; the engine's lines all fit.
HEADS = [_entry_head(size) for size in range((16 << 10) + 64)]
# 14 bits in two bytes with more to come, and the last 2 bits with the tag of the line behind.
LOW = [bytes((n & 0x7F | 0x80, n >> 7 | 0x80)) for n in range(1 << 14)]
TOP = [bytes((n, 0x12)) for n in range(4)]


def seconds(number: int) -> bytes:
    """Seconds since 1970 in 5 bytes, and the tag of the nanoseconds behind them."""
    padded = [number >> shift & 0x7F | 0x80 for shift in (0, 7, 14, 21)]
    return bytes([*padded, number >> 28 & 0x7F, 0x10])


def entry(time_ns: int, line: bytes) -> tuple[bytes, ...]:
    """The pieces of any entry; the quick way for common ones is in `batch`."""
    whole, nanos = divmod(time_ns, SECOND)
    field = varint(len(line)) + line
    head = HEADS[len(field)] if len(field) < len(HEADS) else _entry_head(len(field))
    low, middle = LOW[nanos & 0x3FFF], LOW[nanos >> 14 & 0x3FFF]
    return (head, seconds(whole), low, middle, TOP[nanos >> 28], field)


def time_and_line(pieces: Sequence[bytes]) -> tuple[int, bytes]:
    """What the pieces of one entry say."""
    _, second, low, middle, top, field = pieces
    length, start = read_varint(field, 0)
    nanos = read_varint(low + middle + top[:1], 0)[0]
    return read_varint(second, 0)[0] * SECOND + nanos, field[start : start + length]


def line_bytes(pieces: Sequence[bytes]) -> int:
    """Bytes of the lines themselves in the pieces of any number of entries."""
    sizes = [len(field) for field in pieces[PIECES - 1 :: PIECES]]
    return sum(sizes) - sum(1 + (size > 128) + (size > 16385) + (size > 2097154) for size in sizes)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends; IndexError where the bytes end first."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7


def request(streams: Iterable[tuple[bytes, Sequence[bytes]]]) -> bytes:
    """The body of a push before snappy, from labels such as `{a="b"}` and entries' pieces."""
    parts: list[bytes] = []
    for labels, pieces in streams:
        head = b"\x0a" + varint(len(labels)) + labels
        parts += (b"\x0a", varint(len(head) + sum(map(len, pieces))), head)
        parts += pieces
    return b"".join(parts)
