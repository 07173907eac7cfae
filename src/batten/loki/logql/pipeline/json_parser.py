"""`| json`: every member of a line's object becomes a label."""

from collections.abc import Callable, Iterable

import msgspec

from .hints import Hints
from .lenient import JsonFault, members, unescaped
from .names import cleaned, label_name, nested_name
from .record import EXTRACTED, Record

JSON_ERROR = "JSONParserErr"
OBJECT, STRING, SKIPPED = ord("{"), ord('"'), set(b"[n")
_members: Callable[[str | bytes], dict[str, msgspec.Raw]] = msgspec.json.Decoder(
    dict[str, msgspec.Raw]
).decode
_string: Callable[[bytes], str] = msgspec.json.Decoder(str).decode


class _Done(Exception):
    """Everything needed was found."""


class _LeftOut(Exception):
    """A label already decides against the line."""


class JsonStage:
    """Sound JSON is read by msgspec, and the rest by hand for the sake of Loki's words."""

    def __init__(self, hints: Hints) -> None:
        self.hints = hints

    def __call__(self, record: Record) -> bool:
        """Take the line apart; False leaves it out."""
        if self.hints.satisfied(record):
            return True
        taken = set(record.extracted)
        try:
            found = _members(record.line)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return self._broken(record, taken)
        try:
            self._object(record, "", found, taken)
        except _Done:
            pass
        except _LeftOut:
            return False
        return True

    def _object(
        self, record: Record, prefix: str, found: dict[str, msgspec.Raw], taken: set[str]
    ) -> None:
        for key, raw in found.items():
            text = bytes(raw)
            if text[0] == OBJECT:
                name = nested_name(prefix, key)
                if self.hints.wants_prefix(name):
                    self._object(record, name, _members(text), taken)
            elif text[0] == STRING:
                self._set(record, prefix, key, text, taken)
            elif text[0] not in SKIPPED:
                self._set(record, prefix, key, text.decode(), taken)

    def _set(
        self, record: Record, prefix: str, key: str, value: str | bytes, taken: set[str]
    ) -> None:
        """Set a label; the bytes of a string are read only where the label is wanted."""
        name = nested_name(prefix, key) if prefix else label_name(key)
        if name in record.base:
            name += EXTRACTED
        if not name or name in taken or not self.hints.wants(name):
            return
        record.put(name, value if isinstance(value, str) else cleaned(_string(value)))
        if self.hints.tests and self.hints.rejects(name, record):
            raise _LeftOut
        if self.hints.required is not None and self.hints.satisfied(record):
            raise _Done

    def _broken(self, record: Record, taken: set[str]) -> bool:
        try:
            self._by_hand(record, "", members(record.line), taken)
        except _Done:
            pass
        except _LeftOut:
            return False
        except JsonFault as fault:
            record.fail(JSON_ERROR, str(fault), preserve=self.hints.preserve_error)
        except RecursionError:
            record.fail(JSON_ERROR, "nested too deeply", preserve=self.hints.preserve_error)
        return True

    def _by_hand(
        self, record: Record, prefix: str, found: Iterable[tuple[str, str]], taken: set[str]
    ) -> None:
        for key, raw in found:
            if raw[0] == "{":
                name = nested_name(prefix, key)
                if self.hints.wants_prefix(name):
                    self._by_hand(record, name, members(raw), taken)
            elif raw[0] == '"':
                text = cleaned(unescaped(raw[1:-1]) or "")
                self._set(record, prefix, key, text, taken)
            elif raw[0] not in "[n":
                self._set(record, prefix, key, raw, taken)
