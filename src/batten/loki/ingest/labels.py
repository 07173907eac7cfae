r"""Labels as text: `{app="shop", path="C:\\x"}`, in PromQL's notation."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from batten.loki.ingest.errors import PushError

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
PAIR = re.compile(
    r"\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"
    r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)\s*(,|(?=\}))"""
)
ESCAPES = re.compile(r"""\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)""")
SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@lru_cache(maxsize=8192)
def parse(text: str) -> tuple[tuple[str, str], ...]:
    """Read a text into pairs in the order of names; a `PushError` says where it cannot be read.

    A label with an empty value is the same as none; the last of two with one name counts.
    """
    return tuple(sorted((name, value) for name, value in dict(_pairs(text)).items() if value))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    begin = len(text) - len(text.lstrip())
    if text[begin : begin + 1] != "{":
        raise _wrong(text, begin, "unexpected character, `{` is missing")
    at = begin + 1
    while not re.compile(r"\s*\}\s*\Z").match(text, at):
        match = PAIR.match(text, at)
        if not match:
            raise _misplaced(text, at)
        yield match[1], _unquoted(match[2])
        at = match.end()


def _misplaced(text: str, at: int) -> PushError:
    """Point at the first character inside braces that no label can have, as Loki does."""
    odd = re.compile(r"[^\s\w,=}\"'`]|[^\x00-\x7f]").search(text, at)
    if odd:
        shown = f"unexpected character inside braces: '{odd[0]}'"
        return _wrong(text, odd.start(), shown)
    return _wrong(text, at, "unexpected end of input inside braces, or a label without a value")


def _wrong(text: str, at: int, why: str) -> PushError:
    del text
    return PushError(f"couldn't parse labels: 1:{at + 1}: parse error: {why}")


def _unquoted(quoted: str) -> str:
    inner = quoted[1:-1]
    if quoted[0] == "`" or "\\" not in inner:
        return inner
    return ESCAPES.sub(_unescaped, inner)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "xuU" and len(code) > 1:
        return chr(int(code[1:], 16))
    if len(code) == 3:
        return chr(int(code, 8))
    return SIMPLE.get(code, code)


def written(labels: Mapping[str, str]) -> str:
    """Write labels as Loki does: in the order of names, values quoted as Go quotes them."""
    inside = ", ".join(f"{name}={_quoted(labels[name])}" for name in sorted(labels))
    return f"{{{inside}}}"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def checked(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Do for labels that came as a JSON object what `parse` does for a text."""
    for name in labels:
        if not NAME.fullmatch(name):
            raise _misnamed(name)
    return tuple(sorted((name, value) for name, value in labels.items() if value))


def _misnamed(name: str) -> PushError:
    at = next((i for i, c in enumerate(name) if not NAME.fullmatch("a" + c)), 0)
    shown = name[at : at + 1]
    return _wrong(name, at + 1, f"unexpected character inside braces: '{shown}'")
