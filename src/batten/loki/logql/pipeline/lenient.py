"""Reads JSON that is broken the way Loki's reader does: everything up to the fault, and its words."""

import re
from collections.abc import Iterator

_SPACE = re.compile(r"[ \n\r\t]*")
_STRING = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_TOKEN = re.compile(r"[^ \n\r\t,}\]]*")
_ESCAPE = re.compile(r"\\(?:([\"\\/bfnrt])|u([0-9a-fA-F]{4}))?")
_BRACKETS = re.compile(r'["{}\[\]]')
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

OBJECT = "Value looks like object, but can't find closing '}' symbol"
ARRAY = "Value is array, but can't find closing ']' symbol"
STRING = "Value is string, but can't find closing '\"' symbol"
MALFORMED = "Malformed JSON error"
UNKNOWN = "Unknown value type"
ESCAPE = "Encountered an invalid escape sequence in a string"


class JsonFault(ValueError):
    """What is wrong with the JSON, in the words of Loki's reader."""


def members(text: str) -> Iterator[tuple[str, str]]:  # noqa: C901 - one fault after another
    """The keys of an object and the raw text of their values; JsonFault where it ends to make sense."""
    at = _next(text, 0, OBJECT)
    if text[at] != "{":
        raise JsonFault(OBJECT)
    at = _next(text, at + 1, MALFORMED)
    if text[at] == "}":
        return
    while True:
        if text[at] == "}":
            return
        if text[at] != '"':
            raise JsonFault(OBJECT)
        end = _STRING.match(text, at + 1)
        if not end:
            raise JsonFault(MALFORMED)
        key = unescaped(text[at + 1 : end.end() - 1])
        if key is None:
            raise JsonFault(ESCAPE)
        at = _next(text, end.end(), MALFORMED)
        if text[at] != ":":
            raise JsonFault(MALFORMED)
        start = _next(text, at + 1, MALFORMED)
        at = value_end(text, start)
        yield key, text[start:at]
        at = _next(text, at, ARRAY)
        if text[at] == "}":
            return
        if text[at] != ",":
            raise JsonFault(OBJECT)
        at = _next(text, at + 1, ARRAY)


def _next(text: str, at: int, fault: str) -> int:
    found = _SPACE.match(text, at)
    at = found.end() if found else at
    if at >= len(text):
        raise JsonFault(fault)
    return at


def value_end(text: str, at: int) -> int:
    """Where the value that begins here ends; JsonFault."""
    first = text[at]
    if first == '"':
        found = _STRING.match(text, at + 1)
        if not found:
            raise JsonFault(STRING)
        return found.end()
    if first in "{[":
        end = _block_end(text, at, first, "}" if first == "{" else "]")
        if end < 0:
            raise JsonFault(OBJECT if first == "{" else ARRAY)
        return end
    token = _TOKEN.match(text, at)
    word = token[0] if token else ""
    if word in {"true", "false", "null"} or (word and word[0] in "0123456789-"):
        return at + len(word)
    raise JsonFault(UNKNOWN)


def _block_end(text: str, at: int, opening: str, closing: str) -> int:
    level = 0
    while found := _BRACKETS.search(text, at):
        at = found.end()
        if found[0] == '"':
            string = _STRING.match(text, at)
            if not string:
                return -1
            at = string.end()
        elif found[0] == opening:
            level += 1
        elif found[0] == closing:
            level -= 1
            if not level:
                return at
    return -1


def unescaped(raw: str) -> str | None:
    """The text of a string between its quotes; None where an escape makes no sense."""
    if "\\" not in raw:
        return raw
    parts, at = list[str](), 0
    while (found := _ESCAPE.search(raw, at)) is not None:
        parts.append(raw[at : found.start()])
        at = found.end()
        plain, code = found.groups()
        if plain:
            parts.append(_PLAIN.get(plain, plain))
        elif not code:
            return None
        elif not 0xD800 <= int(code, 16) < 0xE000:
            parts.append(chr(int(code, 16)))
        else:
            low = _ESCAPE.match(raw, at)
            if not low or not low[2] or int(low[2], 16) < 0xDC00:
                return None
            high_bits, low_bits = int(code, 16) - 0xD800, int(low[2], 16) - 0xDC00
            combined = 0x10000 + (high_bits << 10) + low_bits
            parts.append(chr(combined) if combined <= 0x10FFFF else "\ufffd")
            at = low.end()
    parts.append(raw[at:])
    return "".join(parts)
