"""`| json status="response.code", first="servers[0]"`: members by path."""

import re
from typing import Any

import msgspec

from batten.loki.logql import ast
from batten.loki.logql.errors import StageError

from .hints import Hints
from .json_parser import JSON_ERROR
from .lenient import JsonFault, members, unescaped, value_end
from .names import cleaned
from .record import EXTRACTED, Record

_PIECE = re.compile(
    r"\s*(?:(?P<FIELD>[A-Za-z_][A-Za-z0-9_]*)|\"(?P<STRING>[^\"\]]*)[\"\]]|(?P<INDEX>[0-9]+)"
    r"|(?P<LSB>\[)|(?P<RSB>\])|(?P<DOT>\.))"
)
Path = tuple[str | int, ...]


def path_of(expression: str) -> Path:
    """The keys and indexes of `a.b[0]["c d"]`; ValueError in Loki's words."""
    path, at, expected = list[str | int](), 0, {"FIELD", "LSB"}
    while True:
        found = _PIECE.match(expression, at)
        if not found and expression[at:].strip():
            raise ValueError(f"unexpected char {expression[at:].strip()[0]}")
        kind = (found.lastgroup or "$end") if found else "$end"
        if kind not in expected:
            raise ValueError(_unexpected(kind, expected))
        if kind == "$end" or not found:
            return tuple(path)
        at = found.end()
        if kind in {"FIELD", "STRING"}:
            path.append(found[kind])
        elif kind == "INDEX":
            path.append(int(found[kind]))
        expected = _following(kind)


def _following(kind: str) -> set[str]:
    match kind:
        case "LSB":
            return {"STRING", "INDEX"}
        case "STRING" | "INDEX":
            return {"RSB"}
        case "DOT":
            return {"FIELD"}
        case _:
            return {"DOT", "LSB", "$end"}


def _unexpected(kind: str, expected: set[str]) -> str:
    order = [name for name in ("DOT", "LSB", "RSB", "STRING", "FIELD", "INDEX") if name in expected]
    text = f"syntax error: unexpected {kind}"
    return text if "$end" in expected else f"{text}, expecting {' or '.join(order)}"


class JsonFieldsStage:
    """Members that a line lacks become empty labels."""

    def __init__(self, stage: ast.JsonFields, shown: str, hints: Hints) -> None:
        self.hints = hints
        self.paths: list[tuple[str, Path]] = []
        for extraction in stage.extractions:
            try:
                self.paths.append((extraction.name, path_of(extraction.expression)))
            except ValueError as error:
                reason = f"cannot parse expression [{extraction.expression}]: {error}"
                raise StageError(shown, reason) from None

    def __call__(self, record: Record) -> bool:
        """Take the line apart; no line is left out."""
        line = record.line
        if not line or self.hints.satisfied(record):
            return True
        if line[0] not in '"{[':
            record.fail(JSON_ERROR, preserve=self.hints.preserve_error)
            return True
        for name, path in self.paths:
            raw = _at(line, path)
            if raw is None:
                continue
            record.put(name + EXTRACTED if name in record.base else name, _text(raw))
        for name, _ in self.paths:
            if record.get(name) is None:
                record.put(name, "")
        return True


def _at(line: str, path: Path) -> str | None:
    """The raw text at a path, or None."""
    raw: str | None = line
    for step in path:
        if raw is None:
            return None
        raw = _item(raw, step) if isinstance(step, int) else _member(raw, step)
    return raw


def _member(raw: str, key: str) -> str | None:
    if not raw.lstrip().startswith("{"):
        return None
    try:
        found: Any = msgspec.json.decode(raw, type=dict[str, msgspec.Raw]).get(key)
        return None if found is None else bytes(found).decode()
    except (msgspec.DecodeError, UnicodeError):
        pass
    try:
        return next((value for name, value in members(raw) if name == key), None)
    except JsonFault:
        return None


def _item(raw: str, index: int) -> str | None:
    text = raw.lstrip()
    if not text.startswith("["):
        return None
    at = 1
    try:
        while True:
            at += len(text[at:]) - len(text[at:].lstrip())
            if at >= len(text) or text[at] == "]":
                return None
            end = value_end(text, at)
            if index == 0:
                return text[at:end]
            index -= 1
            at = end + len(text[end:]) - len(text[end:].lstrip())
            if text[at : at + 1] != ",":
                return None
            at += 1
    except JsonFault:
        return None


def _text(raw: str) -> str:
    if raw[:1] == '"':
        return cleaned(unescaped(raw[1:-1]) or "")
    if raw == "null":
        return ""
    if raw[:1] == "{":
        return raw
    return cleaned(unescaped(raw) or "")
