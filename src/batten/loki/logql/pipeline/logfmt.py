"""`| logfmt`: every `key=value` of a line becomes a label."""

import re
from collections.abc import Iterator

import msgspec

from batten.loki.logql import ast
from batten.loki.logql.errors import StageError

from .hints import Hints
from .names import cleaned, label_name
from .record import ERROR, EXTRACTED, Record

LOGFMT_ERROR = "LogfmtParserErr"
_PAIR = re.compile(
    r'[\x00- ]*(?P<key>[^\x00- ="]+)'
    r'(?:(?P<equal>=)(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\x00- ="]*(?=[\x00- ]|$)))?)?',
    re.DOTALL,
)
_GARBAGE = re.compile(r"[\x00- ]*")
_WORD = re.compile(r"[^\x00- ]*")
_KEY = re.compile(r'[^\x00- ="]*')
_VALUE = re.compile(r'[^\x00- ="]*')


class Fault(ValueError):
    """What is wrong, and how many bytes into the line."""

    def __init__(self, message: str, line: str, at: int) -> None:
        position = len(line[:at].encode()) + 1
        super().__init__(f"logfmt syntax error at pos {position} : {message}")


def pairs(line: str) -> Iterator[tuple[str, str] | Fault]:
    """Keys and values in order, and a Fault in the place of what cannot be read."""
    at, end = 0, len(line)
    while at < end:
        found = _PAIR.match(line, at)
        if found and _sound(line, found):
            value = found["quoted"] if found["quoted"] is not None else found["plain"] or ""
            at = found.end()
            if found["quoted"] and "\\" in value:
                read = _unquoted(value)
                yield (
                    Fault("invalid quoted value", line, at)
                    if read is None
                    else (
                        found["key"],
                        read,
                    )
                )
                continue
            yield found["key"], value
            continue
        at, fault = _fault(line, at)
        if fault:
            yield fault


def _sound(line: str, found: re.Match[str]) -> bool:
    """Whether the pair ends where it should: a key or a bare `=` needs a space after it."""
    after = line[found.end() : found.end() + 1]
    return found["quoted"] is not None or not after or after <= " "


def _unquoted(value: str) -> str | None:
    try:
        return msgspec.json.decode(f'"{value}"', type=str)
    except msgspec.DecodeError:
        return None


def _fault(line: str, at: int) -> tuple[int, Fault | None]:
    """Where to go on, and what was wrong before."""
    start = _end(_GARBAGE, line, at)
    if start >= len(line):
        return len(line), None
    at = _end(_KEY, line, start)
    sign = line[at : at + 1]
    if sign == '"' or (sign == "=" and at == start):
        fault = Fault(f"unexpected '{sign}'", line, at)
        return _end(_WORD, line, at), fault
    at += 1
    if line[at : at + 1] == '"':
        return len(line), Fault("unterminated quoted value", line, len(line))
    at = _end(_VALUE, line, at)
    fault = Fault(f"unexpected '{line[at : at + 1]}'", line, at)
    return _end(_WORD, line, at), fault


def _end(pattern: re.Pattern[str], line: str, at: int) -> int:
    found = pattern.match(line, at)
    return found.end() if found else at


class LogfmtStage:
    """Without `--strict` what cannot be read is passed over."""

    def __init__(self, stage: ast.LogfmtParser, hints: Hints) -> None:
        self.strict = stage.strict
        self.keep_empty = stage.keep_empty
        self.hints = hints

    def __call__(self, record: Record) -> bool:
        """Take the line apart; False leaves it out."""
        hints = self.hints
        if hints.satisfied(record):
            return True
        taken = set(record.extracted)
        for pair in pairs(record.line):
            if isinstance(pair, Fault):
                if self.strict:
                    record.fail(LOGFMT_ERROR, str(pair), preserve=hints.preserve_error)
                    return not hints.rejects(ERROR, record)
                continue
            key, value = pair
            name = label_name(key)
            if name in record.base:
                name += EXTRACTED
            if not name or name in taken or not hints.wants(name):
                continue
            if not value and not self.keep_empty:
                continue
            record.put(name, cleaned(value))
            if hints.tests and hints.rejects(name, record):
                return False
            if hints.required is not None and hints.satisfied(record):
                return True
        return True


class LogfmtFieldsStage:
    """`| logfmt a="b"`: the named keys only, each there even when the line lacks it."""

    def __init__(self, stage: ast.LogfmtFields, shown: str, hints: Hints) -> None:
        self.strict = stage.strict
        self.hints = hints
        self.names: dict[str, str] = {}
        for extraction in stage.extractions:
            if not re.fullmatch(
                r"\s*(?:[A-Za-z_][A-Za-z0-9_]*|\"[^\"]*\")\s*", extraction.expression
            ):
                reason = f"cannot parse expression [{extraction.expression}]: syntax error"
                raise StageError(shown, reason)
            self.names[extraction.name] = extraction.expression.strip().strip('"')

    def __call__(self, record: Record) -> bool:
        """Take the line apart; False leaves it out."""
        if self.hints.satisfied(record):
            return True
        taken = set(record.extracted)
        for name in self.names:
            if name not in record.base:
                record.put(name, "")
        for pair in pairs(record.line):
            if isinstance(pair, Fault):
                if self.strict:
                    record.fail(LOGFMT_ERROR, str(pair), preserve=self.hints.preserve_error)
                    return True
                continue
            if self._take(record, *pair, taken):
                break
        return True

    def _take(self, record: Record, key: str, value: str, taken: set[str]) -> bool:
        """Set the label that asks for this key; True when nothing more is needed."""
        key = label_name(key)
        if key not in self.names and (key in taken or not self.hints.wants(key)):
            return False
        name = next((name for name, source in self.names.items() if source == key), key)
        if name not in self.names:
            return False
        if name in record.base:
            name += EXTRACTED
            if not self.hints.wants(name):
                return True
        record.put(name, "" if "\ufffd" in value else value)
        return self.hints.required is not None and self.hints.satisfied(record)
