"""Building an image from a Dockerfile, with the builder that every engine has."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any

from batten.engine.refusal import Refused, is_disk_full, refusal
from batten.errors import BattenError, DiskFull, ImageError

if TYPE_CHECKING:
    from batten.engine.connection import Connection

# Enough to see the failing command's own words above the engine's.
LAST_LINES = 20
# The builder makes what a command writes to its standard error red.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CHATTER = (" ---> ", "Removing intermediate container ")


def build(
    connection: "Connection",
    context_tar: IO[bytes],
    tag: str,
    on_line: Callable[[str], None],
    **options: Any,  # noqa: ANN401  # the SDK's, passed through from one caller
) -> None:
    """Build and tag; raise ImageError with the last lines where a step fails, or DiskFull."""
    lines: deque[str] = deque(maxlen=LAST_LINES)
    options |= {"rm": True, "forcerm": True, "decode": True}
    try:
        with connection.asking() as api:
            answer = api.build(fileobj=context_tar, custom_context=True, tag=tag, **options)
            for line in _lines(answer):
                lines.append(line)
                on_line(line)
    except Refused as error:
        raise _failed(tag, error.reason, lines) from error


def _lines(answer: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """The output line by line, for a command's comes in pieces; raise where the engine gives up."""
    rest = ""
    for event in answer:
        *whole, rest = (rest + _text(event)).replace("\r", "\n").split("\n")
        yield from (line for line in map(_plain, whole) if line)
        if reason := event.get("error") or event.get("message"):
            raise refusal(reason)
    if last := _plain(rest):
        yield last


def _plain(line: str) -> str:
    """Without colour, and nothing of what only the builder's author wants to know."""
    line = _COLOUR.sub("", line).rstrip()
    return "" if line.startswith(_CHATTER) else line


def _text(event: Mapping[str, Any]) -> str:
    if "stream" in event:
        return str(event["stream"])
    # What the engine says while it fetches the image that the build starts from.
    status = " ".join(str(event[key]) for key in ("id", "status") if key in event)
    return f"{status}\n" if status else ""


def _failed(tag: str, reason: str, lines: Iterable[str]) -> BattenError:
    said = "\n".join(f"  {line}" for line in lines)
    if is_disk_full(said):
        return DiskFull(
            f"no room left while building `{tag}`: {reason}",
            hint="`docker system df` shows what takes it",
        )
    output = f"; the last it said:\n\n{said}" if said else ""
    return ImageError(f"`{tag}` cannot be built: {reason}{output}")
