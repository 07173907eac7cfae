"""`| regexp`, `| pattern` and `| unpack`."""

from typing import Any

from batten.loki.logql import ast
from batten.loki.logql.pattern import captures, pieces
from batten.loki.logql.regex import compile_regex

from .hints import Hints
from .json_parser import JSON_ERROR
from .lenient import JsonFault, members, unescaped
from .names import cleaned, label_name
from .record import EXTRACTED, Record


def _put(record: Record, name: str, value: str, hints: Hints, taken: set[str]) -> bool:
    """Set a label if it is wanted; False when the line is left out because of it."""
    if name in record.base:
        name += EXTRACTED
    if name in taken or not hints.wants(name):
        return True
    record.put(name, value)
    return not (hints.tests and hints.rejects(name, record))


class RegexpStage:
    """Named groups become labels; a line that does not match stays as it is."""

    def __init__(self, stage: ast.RegexpParser, hints: Hints) -> None:
        self.regex: Any = compile_regex(stage.pattern)
        names = sorted(self.regex.groupindex.items(), key=lambda item: item[1])
        self.names = [(label_name(name), group) for name, group in names]
        self.hints = hints

    def __call__(self, record: Record) -> bool:
        """Take the line apart; False leaves it out."""
        found = self.regex.search(record.line)
        if not found:
            return True
        taken = set(record.extracted)
        return all(
            _put(record, name, found[group] or "", self.hints, taken) for name, group in self.names
        )


class PatternStage:
    """Captures become labels as far as the line follows the expression."""

    def __init__(self, stage: ast.PatternParser, hints: Hints) -> None:
        self.parts = pieces(stage.pattern)
        self.names = [part.text for part in self.parts if part.is_capture and part.text != "_"]
        self.hints = hints

    def __call__(self, record: Record) -> bool:
        """Take the line apart; False leaves it out."""
        if self.hints.satisfied(record):
            return True
        taken = set(record.extracted)
        values = captures(self.parts, record.line)
        return all(
            _put(record, name, value, self.hints, taken)
            for name, value in zip(self.names, values, strict=False)
        )


class UnpackStage:
    """What Promtail's `pack` stage packed: labels, and the line under `_entry`."""

    def __init__(self, hints: Hints) -> None:
        self.hints = hints

    def __call__(self, record: Record) -> bool:
        """Take the line apart; False leaves it out."""
        line = record.line
        if not line or self.hints.satisfied(record):
            return True
        if line[0] != "{":
            details = "expecting json object(6), but it is not"
            record.fail(JSON_ERROR, details, preserve=self.hints.preserve_error)
            return True
        try:
            found = [(key, raw) for key, raw in members(line) if raw[0] == '"']
        except JsonFault as fault:
            record.fail(JSON_ERROR, str(fault), preserve=self.hints.preserve_error)
            return True
        packed = dict(found).get("_entry")
        if packed is None:
            return True
        record.line = unescaped(packed[1:-1]) or ""
        taken = set(record.extracted)
        return all(
            _put(record, label_name(key), cleaned(unescaped(raw[1:-1]) or ""), self.hints, taken)
            for key, raw in found
            if key != "_entry"
        )


__all__ = ["PatternStage", "RegexpStage", "UnpackStage"]
