"""As much of HTTP as the engine speaks to a plugin: one POST and one answer for each connection.

The standard library's server takes 6 MB and ten times the code.
"""

import json
import socket
from typing import Any, NamedTuple

# Bytes; the engine sends a container's environment and labels, which are a few kilobytes.
_LONGEST_HEAD, _LONGEST_BODY = 64 << 10, 16 << 20
_TYPE = "application/vnd.docker.plugins.v1.1+json"


class BadRequest(ValueError):
    """What was sent is no request that this server understands."""


class Request(NamedTuple):
    """A path such as `/LogDriver.StartLogging`, and the JSON that came with it."""

    path: str
    body: dict[str, Any]


def receive(connection: socket.socket) -> Request | None:
    """Read one request; None where the other side hung up instead; raise BadRequest."""
    with connection.makefile("rb") as stream:
        first = stream.readline(_LONGEST_HEAD)
        if not first:
            return None
        path, length = _path(first), 0
        while (line := stream.readline(_LONGEST_HEAD)) not in {b"\r\n", b"\n", b""}:
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = _length(value)
        return Request(path, _json(stream.read(length)))


def _path(first: bytes) -> str:
    try:
        _, path, _ = first.decode("ascii").split()
    except ValueError:
        raise BadRequest(f"`{first!r}` begins no request") from None
    return path


def _length(value: bytes) -> int:
    text = value.strip()
    if not text.isdigit() or int(text) > _LONGEST_BODY:
        raise BadRequest(f"a body of `{text!r}` bytes is not to be read")
    return int(text)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError as error:
        raise BadRequest(f"the body is no JSON: {error}") from None
    return found if isinstance(found, dict) else {}


def answer(body: dict[str, Any], status: str = "200 OK") -> bytes:
    """A whole answer."""
    content = json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {_TYPE}\r\n"
        f"Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content


def stream_head() -> bytes:
    """What stands before an answer that ends when the connection does."""
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-json-stream\r\nConnection: close\r\n\r\n"
    return head.encode()
