"""A push in JSON: `{"streams": [{"stream": {…}, "values": [["<ns>", "<line>", {…}]]}]}`."""

from collections.abc import Sequence
from typing import Any

import msgspec

from batten.loki.ingest.errors import PushError
from batten.loki.ingest.received import Received


class _Stream(msgspec.Struct):
    stream: dict[str, Any] = {}
    values: list[list[Any]] = []


class _Push(msgspec.Struct):
    streams: list[_Stream] | None = None


_decoder = msgspec.json.Decoder(_Push | None)


def decode(body: bytes) -> list[Received]:
    """Decode a body; one that is no JSON or no push is a `PushError` that says where."""
    if not body:
        raise PushError("EOF")
    try:
        push = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PushError(f"the body is no Loki push in JSON: {error}") from error
    return [_received(one) for one in (push.streams if push else None) or ()]


def _received(one: _Stream) -> Received:
    try:
        times = [_time(value) for value in one.values]
        lines = [_line(value) for value in one.values]
    except (TypeError, ValueError) as error:
        raise PushError(
            f'a value of a stream is no `["<nanoseconds>", "<line>"]` of two texts: {error}'
        ) from error
    metadata = None
    if any(len(value) > 2 for value in one.values):
        metadata = [_metadata(value) for value in one.values]
    return Received({k: _text(v) for k, v in one.stream.items()}, times, lines, metadata)


def _time(value: Sequence[Any]) -> int:
    if not value:
        return 0
    if not isinstance(value[0], str):
        raise TypeError(f"the time {value[0]!r} is no text")
    return int(value[0])


def _line(value: Sequence[Any]) -> bytes:
    line = value[1] if len(value) > 1 else ""
    if not isinstance(line, str):
        raise TypeError(f"the line {line!r} is no text")
    return line.encode("utf-8", "replace")


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _metadata(value: Sequence[Any]) -> list[tuple[str, str]] | None:
    given = value[2] if len(value) > 2 else None
    if not given:
        return None
    if not isinstance(given, dict):
        raise PushError("structured metadata must be an object of texts")
    if isinstance(given.get("structuredMetadata"), dict):
        given = given["structuredMetadata"]
    pairs = [(name, text) for name, text in given.items() if not isinstance(text, dict)]
    if not all(isinstance(text, str) for _, text in pairs):
        raise PushError("structured metadata must be an object of texts")
    return pairs or None
