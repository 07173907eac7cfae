"""What the engine writes into a FIFO, made here byte by byte."""

import struct
from collections.abc import Callable

import pytest


def varint(number: int) -> bytes:
    """A number as protobuf has it."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def made(
    line: bytes,
    time_ns: int = 1_700_000_000_000_000_000,
    source: str = "stdout",
    *,
    partial: int = 0,
    last: bool = False,
) -> bytes:
    """One frame; `partial` is the number of a piece, 1 for the first."""
    body = b"\x0a" + varint(len(source)) + source.encode() + b"\x10" + varint(time_ns)
    if line:
        body += b"\x1a" + varint(len(line)) + line
    if partial:
        about = (b"\x08\x01" if last else b"") + b"\x12\x04abcd" + b"\x18" + varint(partial)
        body += b"\x20\x01" + b"\x2a" + varint(len(about)) + about
    return struct.pack(">I", len(body)) + body


Frame = Callable[..., bytes]


@pytest.fixture
def frame() -> Frame:
    """`frame(b"a line", time_ns=…, source="stderr", partial=1, last=True)` → bytes."""
    return made
