"""Text into lexemes, by the rules of Go's `text/scanner`, which Loki's lexer stands on.

What a lexeme is called decides how an error reads ("unexpected IDENTIFIER, expecting )"), so the
names are those of Loki's grammar.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .errors import ParseError
from .units import byte_size, go_duration, prometheus_duration

KEYWORDS = {
    ",": "COMMA",
    ".": "DOT",
    "{": "OPEN_BRACE",
    "}": "CLOSE_BRACE",
    "=": "EQ",
    "!=": "NEQ",
    "=~": "RE",
    "!~": "NRE",
    "!>": "NPA",
    "|=": "PIPE_EXACT",
    "|~": "PIPE_MATCH",
    "|>": "PIPE_PATTERN",
    "|": "PIPE",
    "unwrap": "UNWRAP",
    "(": "OPEN_PARENTHESIS",
    ")": "CLOSE_PARENTHESIS",
    "by": "BY",
    "without": "WITHOUT",
    "bool": "BOOL",
    "[": "OPEN_BRACKET",
    "]": "CLOSE_BRACKET",
    "label_replace": "LABEL_REPLACE",
    "offset": "OFFSET",
    "on": "ON",
    "ignoring": "IGNORING",
    "group_left": "GROUP_LEFT",
    "group_right": "GROUP_RIGHT",
    "or": "OR",
    "and": "AND",
    "unless": "UNLESS",
    "+": "ADD",
    "-": "SUB",
    "*": "MUL",
    "/": "DIV",
    "%": "MOD",
    "^": "POW",
    "==": "CMP_EQ",
    ">": "GT",
    ">=": "GTE",
    "<": "LT",
    "<=": "LTE",
    "json": "JSON",
    "regexp": "REGEXP",
    "logfmt": "LOGFMT",
    "unpack": "UNPACK",
    "pattern": "PATTERN",
    "label_format": "LABEL_FMT",
    "line_format": "LINE_FMT",
    "ip": "IP",
    "decolorize": "DECOLORIZE",
    "drop": "DROP",
    "keep": "KEEP",
}
RANGE_OPERATIONS = [
    "rate",
    "rate_counter",
    "count_over_time",
    "bytes_rate",
    "bytes_over_time",
    "avg_over_time",
    "sum_over_time",
    "min_over_time",
    "max_over_time",
    "stdvar_over_time",
    "stddev_over_time",
    "quantile_over_time",
    "first_over_time",
    "last_over_time",
    "absent_over_time",
]
VECTOR_OPERATIONS = [
    "sum",
    "avg",
    "max",
    "min",
    "count",
    "stddev",
    "stdvar",
    "bottomk",
    "topk",
    "sort",
    "sort_desc",
    "approx_topk",
]
# Words that are functions before a parenthesis and names everywhere else
FUNCTIONS = {word: word.upper() for word in [*RANGE_OPERATIONS, *VECTOR_OPERATIONS]} | {
    "vector": "VECTOR",
    "label_replace": "LABEL_REPLACE",
    "bytes": "BYTES_CONV",
    "duration": "DURATION_CONV",
    "duration_seconds": "DURATION_SECONDS_CONV",
    "ip": "IP",
}
FLAGS = {"--strict", "--keep-empty"}

_SPACE = re.compile(r"[ \t\r\n]+|//[^\n]*|/\*.*?\*/|#[^\n]*", re.DOTALL)
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(
    r"0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9]+)?"
    r"|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?"
)
_DURATION_REST = re.compile(r"[\d.nuµmshdwy]+")
_SIZE_REST = re.compile(r"[\d.BikKMGTP]+")
_FLAG = re.compile(r"--[a-zA-Z-]+")
_CALL = re.compile(r"\s*(?:\(|(?:by|without)\s*\()", re.IGNORECASE)
_STRING = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')
_RAW_STRING = re.compile(r"`[^`]*`")
_ESCAPE = re.compile(
    r'\\(?:([abfnrtv\\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))',
    re.DOTALL,
)
_PLAIN_ESCAPES = dict(zip('abfnrtv\\"', '\a\b\f\n\r\t\v\\"', strict=True))


class Lexeme(NamedTuple):
    """A piece of a query; `value` is already read: a string without quotes, nanoseconds, bytes."""

    type: str
    value: str | int
    line: int
    column: int
    # What lark asks of a token
    start_pos: int = 0
    end_line: int = 0
    end_column: int = 0
    end_pos: int = 0


class Scan:
    """One pass over one query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        # Loki forgets the line, not the column, of what it had to look ahead for
        self.ahead = False

    def __iter__(self) -> Iterator[Lexeme]:
        while True:
            self._skip_space()
            if self.at >= len(self.text):
                return
            start, self.ahead = self.at, False
            kind, value = self._next()
            line, column = self.place(start)
            yield Lexeme(kind, value, 0 if self.ahead else line, column, start_pos=start)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        line = self.text.count("\n", 0, offset) + 1
        return line, offset - (self.text.rfind("\n", 0, offset) + 1) + 1

    def _skip_space(self) -> None:
        while found := _SPACE.match(self.text, self.at):
            self.at = found.end()
        if self.text.startswith("/*", self.at):
            raise self._error("comment not terminated")

    def _error(self, message: str) -> ParseError:
        line, column = self.place(self.at)
        return ParseError(message, 0 if self.ahead else line, column)

    def _next(self) -> tuple[str, str | int]:
        character = self.text[self.at]
        if character == '"':
            return self._string()
        if character == "`":
            return self._raw_string()
        if character == "[":
            return self._range()
        if character == "'":
            raise self._error("invalid char literal")
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            return self._quantity(found[0])
        if character == "-" and (flag := self._flag()):
            return flag
        return self._word_or_sign()

    def _string(self) -> tuple[str, str]:
        found = _STRING.match(self.text, self.at)
        if not found:
            raise self._error("literal not terminated")
        value = _ESCAPE.sub(self._unescape, found[0][1:-1])
        self.at = found.end()
        return "STRING", value

    def _unescape(self, found: re.Match[str]) -> str:
        plain, octal, *codes, unknown = found.groups()
        if unknown:
            raise self._error("invalid char escape")
        if plain:
            return _PLAIN_ESCAPES[plain]
        code = int(octal, 8) if octal else int(next(filter(None, codes)), 16)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise self._error("invalid syntax")
        return chr(code)

    def _raw_string(self) -> tuple[str, str]:
        found = _RAW_STRING.match(self.text, self.at)
        if not found:
            raise self._error("literal not terminated")
        self.at = found.end()
        return "STRING", found[0][1:-1].replace("\r", "")

    def _range(self) -> tuple[str, int]:
        self.ahead = True
        end = self.text.find("]", self.at)
        if end < 0:
            raise self._error("missing closing ']' in duration")
        try:
            value = prometheus_duration(self.text[self.at + 1 : end])
        except ValueError as error:
            raise self._error(str(error)) from None
        self.at = end + 1
        return "RANGE", value

    def _quantity(self, number: str) -> tuple[str, str | int]:
        """A number, or the duration or size that begins with it."""
        if found := _DURATION_REST.match(self.text, self.at):
            duration = _duration(number + found[0])
            if duration is not None:
                self.at, self.ahead = found.end(), True
                return "DURATION", duration
        if found := _SIZE_REST.match(self.text, self.at):
            try:
                size = byte_size(number + found[0])
            except ValueError:
                return "NUMBER", number
            self.at, self.ahead = found.end(), True
            return "BYTES", size
        return "NUMBER", number

    def _flag(self) -> tuple[str, str | int] | None:
        if (found := _FLAG.match(self.text, self.at)) and found[0] in FLAGS:
            self.at, self.ahead = found.end(), True
            return "FUNCTION_FLAG", found[0]
        if found := _DURATION_REST.match(self.text, self.at + 1):
            duration = _duration("-" + found[0])
            if duration is not None:
                self.at, self.ahead = found.end(), True
                return "DURATION", duration
        return None

    def _word_or_sign(self) -> tuple[str, str]:
        found = _WORD.match(self.text, self.at)
        word = found[0] if found else self.text[self.at]
        end = self.at + len(word)
        lowered = word.lower()
        if lowered in FUNCTIONS:
            self.at = end
            is_call = _CALL.match(self.text, end)
            return (FUNCTIONS[lowered] if is_call else "IDENTIFIER"), word
        longer = (word + self.text[end : end + 1]).lower()
        if len(longer) > len(word) and longer in KEYWORDS:
            self.at, self.ahead = end + 1, True
            return KEYWORDS[longer], longer
        self.at = end
        return KEYWORDS.get(lowered, "IDENTIFIER"), word


def _duration(text: str) -> int | None:
    for read in (prometheus_duration, go_duration):
        try:
            return read(text)
        except ValueError:
            continue
    return None
