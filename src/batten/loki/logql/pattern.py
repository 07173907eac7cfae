"""The expressions of `| pattern "<method> <_>"` and of the `|>` filter."""

import re
from itertools import pairwise
from typing import NamedTuple

_PART = re.compile(r"<([A-Za-z_][A-Za-z0-9_]*)>")


class Piece(NamedTuple):
    """Literal text, or a capture; the capture `_` has no name."""

    text: str
    is_capture: bool


def pieces(expression: str) -> list[Piece]:
    """The expression in order."""
    result, at = list[Piece](), 0
    for found in _PART.finditer(expression):
        if found.start() > at:
            result.append(Piece(expression[at : found.start()], is_capture=False))
        result.append(Piece(found[1], is_capture=True))
        at = found.end()
    if at < len(expression):
        result.append(Piece(expression[at:], is_capture=False))
    return result


def _check_consecutive(parts: list[Piece]) -> None:
    for left, right in pairwise(parts):
        if left.is_capture and right.is_capture:
            raise ValueError(
                f"found consecutive capture '<{left.text}><{right.text}>': invalid expression"
            )


def check_pattern(expression: str) -> list[Piece]:
    """The pieces of a parser's expression; ValueError in Loki's words."""
    parts = pieces(expression)
    if not parts:
        raise ValueError(
            "parse error at line 1, col 1: syntax error: unexpected $end, expecting IDENTIFIER or LITERAL"
        )
    names = [part.text for part in parts if part.is_capture and part.text != "_"]
    if not names:
        raise ValueError("at least one capture is required")
    _check_consecutive(parts)
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ValueError(f"duplicate capture name ({name}): invalid expression")
    return parts


def check_filter(expression: str) -> list[Piece]:
    """The pieces of a filter's expression, which may not name its captures; ValueError."""
    parts = pieces(expression)
    _check_consecutive(parts)
    for part in parts:
        if part.is_capture and part.text != "_":
            raise ValueError(f"named captures are not allowed: found '<{part.text}>'")
    return parts


def captures(parts: list[Piece], line: str) -> list[str]:
    """What the named captures hold, as far as the line follows the expression."""
    if not line:
        return []
    rest, index, found = line, 0, list[str]()
    if not parts[0].is_capture:
        if not line.startswith(parts[0].text):
            return []
        rest, index = line[len(parts[0].text) :], 1
    while index < len(parts):
        named = parts[index].text != "_"
        after = parts[index + 1].text if index + 1 < len(parts) else None
        end = rest.find(after) if after is not None else -1
        if after is None or end < 0:
            return [*found, rest] if named else found
        if named:
            found.append(rest[:end])
        rest = rest[end + len(after) :]
        index += 2
    return found


def matches(parts: list[Piece], line: str) -> bool:
    """Whether a line follows a filter's expression, with no capture empty."""
    if not line or not parts:
        return not line and not parts
    at = 0
    for index, part in enumerate(parts):
        if part.is_capture:
            continue
        found = line.find(part.text, at)
        if found < 0 or (index and found == at):
            return False
        at = found + len(part.text)
    return parts[-1].is_capture == (at != len(line))
