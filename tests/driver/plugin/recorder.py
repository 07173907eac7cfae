"""A stand-in for Loki that stores what is pushed as it came, and says 204.

    recorder.py PORT FILE

It decides nothing: no limits, no order, no duplicates. `pushed` reads the file.
"""

import struct
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import NamedTuple

_LENGTH = struct.Struct(">I")


class Line(NamedTuple):
    """One entry of one stream, whose labels are Loki's text."""

    labels: str
    time_ns: int
    line: bytes


class Handler(BaseHTTPRequestHandler):
    """Appends a body to the file before it is acknowledged."""

    protocol_version = "HTTP/1.1"
    file: Path
    lock = Lock()

    def do_POST(self) -> None:
        """Store a push."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock, self.file.open("ab") as file:
            file.write(_LENGTH.pack(len(body)) + body)
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """It is silent."""


def pushed(file: Path) -> Iterator[Line]:
    """All lines in the order in which they were pushed."""
    import cramjam

    content = file.read_bytes() if file.exists() else b""
    at = 0
    while at < len(content):
        (length,) = _LENGTH.unpack_from(content, at)
        at += _LENGTH.size
        yield from _lines(bytes(cramjam.snappy.decompress_raw(content[at : at + length])))
        at += length


def _lines(request: bytes) -> Iterator[Line]:
    for _, stream in _fields(request):
        fields = list(_fields(stream))
        labels = next(value for number, value in fields if number == 1).decode()
        for number, entry in fields:
            if number == 2:
                yield _line(labels, dict(_fields(entry)))


def _line(labels: str, entry: dict[int, bytes]) -> Line:
    time = dict(_numbers(entry.get(1, b"")))
    return Line(labels, time.get(1, 0) * 10**9 + time.get(2, 0), entry.get(2, b""))


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The length-delimited fields of a protobuf message, which are all there are in a push."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        length, at = _varint(message, at)
        yield tag >> 3, message[at : at + length]
        at += length


def _numbers(message: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value, at = _varint(message, at)
        yield tag >> 3, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7


def main(port: int, file: Path) -> None:
    """Answer until it is killed."""
    Handler.file = file
    ThreadingHTTPServer.request_queue_size = 64
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
