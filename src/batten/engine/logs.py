"""A container's output as the engine keeps it."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from batten.engine.refusal import Refused, refusal

if TYPE_CHECKING:
    from urllib3 import HTTPResponse

    from batten.engine.connection import Connection

_SOURCES = {1: "stdout", 2: "stderr"}
# What the engine says of a container that it is removing, and of a log that cannot be read.
_NOTHING = ("marked for removal", "does not support reading")
_HEADER = struct.Struct(">BxxxL")
_SECOND = 1_000_000_000


class Output(msgspec.Struct, frozen=True):
    """A line, when the engine got it (nanoseconds since the epoch), and `stdout` or `stderr`."""

    time_ns: int
    source: str
    text: str


class Span(msgspec.Struct, frozen=True):
    """Which lines: from `since_ns` on, before `until_ns`, the last `tail` of them; None: all."""

    since_ns: int | None = None
    until_ns: int | None = None
    tail: int | None = None
    follow: bool = False

    def parameters(self) -> dict[str, str | int]:
        """As the engine's API has them."""
        given: dict[str, str | int] = {"stdout": 1, "stderr": 1, "timestamps": 1}
        given |= {"follow": int(self.follow), "tail": "all" if self.tail is None else self.tail}
        for name, instant in (("since", self.since_ns), ("until", self.until_ns)):
            if instant is not None:
                given[name] = f"{instant // _SECOND}.{instant % _SECOND:09}"
        return given


def outputs(
    connection: "Connection", container_id: str, span: Span, *, tty: bool
) -> Iterator[Output]:
    """The lines in the order in which the engine has them; `follow` ends when the container does.

    Nothing where its log driver cannot be read, or it has gone since it was listed.
    """
    try:
        with connection.asking() as api:
            answer = api.get(
                f"{api.base_url}/v{api.api_version}/containers/{container_id}/logs",
                params=span.parameters(),
                stream=True,
                timeout=(60, None if span.follow else 60),
            )
            with answer:
                if answer.status_code >= 400:
                    raise refusal(_reason(answer.text), answer.status_code)
                yield from _lines(_raw(answer.raw) if tty else _frames(answer.raw))
    except Refused as error:
        if not error.not_found and not any(words in error.reason for words in _NOTHING):
            raise


def _reason(answer: str) -> str:
    try:
        return str(msgspec.json.decode(answer)["message"])
    except (msgspec.DecodeError, TypeError, KeyError):
        return answer


def _frames(stream: "HTTPResponse") -> Iterator[tuple[str, bytes]]:
    """The pieces in which the engine sends both outputs over one line."""
    while len(header := stream.read(_HEADER.size)) == _HEADER.size:
        kind, length = _HEADER.unpack(header)
        yield _SOURCES.get(kind, "stdout"), stream.read(length)


def _raw(stream: "HTTPResponse") -> Iterator[tuple[str, bytes]]:
    """A terminal has one output, and sends it as it is."""
    rest = b""
    for chunk in stream.stream():
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (("stdout", line + b"\n") for line in whole)
    if rest:
        yield "stdout", rest


def _lines(pieces: Iterator[tuple[str, bytes]]) -> Iterator[Output]:
    """Whole lines: the engine sends a long one in pieces, each with its time before it."""
    begun: dict[str, tuple[int, bytes]] = {}
    for source, piece in pieces:
        stamp, _, text = piece.partition(b" ")
        time_ns, before = begun.pop(source, (0, b""))
        time_ns = time_ns or _time(stamp)
        if text.endswith(b"\n"):
            yield _output(time_ns, source, before + text)
        else:
            begun[source] = time_ns, before + text
    for source, (time_ns, text) in begun.items():
        yield _output(time_ns, source, text)


def _output(time_ns: int, source: str, text: bytes) -> Output:
    plain = text.removesuffix(b"\n").removesuffix(b"\r")
    return Output(time_ns, source, plain.decode(errors="replace"))


def _time(stamp: bytes) -> int:
    """RFC 3339 with nanoseconds, exactly; 0 where the engine sends something else."""
    whole, _, rest = stamp.decode(errors="replace").partition(".")
    digits = rest.rstrip("Z")[:9]
    try:
        seconds = datetime.fromisoformat(whole.rstrip("Z")).replace(tzinfo=UTC).timestamp()
        return int(seconds) * _SECOND + int(digits.ljust(9, "0") or 0)
    except ValueError:
        return 0
