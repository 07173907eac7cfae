"""Text into a query, or an error in Loki's words."""

from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lark import Lark
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from batten.loki.store import Matcher

from . import ast
from .build import Build
from .errors import ParseError, QueryError
from .lexer import KEYWORDS, Lexeme, Scan
from .regex import compile_regex

MAX_LENGTH = 131_072
TOO_DEEP = "batten-loki does not support queries nested that deeply; the real Loki does"
NO_MATCHER = (
    "queries require at least one regexp or equality matcher that does not have an "
    'empty-compatible value. For instance, app=~".*" does not meet this requirement, '
    'but app=~".+" will'
)
_SIGNS = {name: sign for sign, name in KEYWORDS.items()} | {"$END": "$end"}


class _Lexemes(Lexer):
    """The lexer in the shape that lark asks for."""

    def __init__(self, _: Any) -> None:  # noqa: ANN401 - lark's own configuration, not needed
        pass

    def lex(self, text: str) -> Iterator[Lexeme]:  # type: ignore[override]  # lark takes what has a type
        return iter(Scan(text))


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=_Lexemes,
        transformer=Build(),
        maybe_placeholders=False,
    )


@lru_cache(maxsize=256)
def parse(text: str) -> ast.Query:
    """A query that makes sense; ParseError says what does not and where."""
    try:
        query = parse_loosely(text)
        _validate(query)
    except RecursionError:
        raise QueryError(TOO_DEEP) from None
    return query


def parse_loosely(text: str) -> ast.Query:
    """A query as it reads, its selectors not checked."""
    size = len(text.encode())
    if size >= MAX_LENGTH:
        raise ParseError(f"input size too long ({size} > {MAX_LENGTH})")
    try:
        return _parser().parse(text)  # type: ignore[return-value]  # the transformer makes queries
    except UnexpectedToken as error:
        raise _syntax_error(text, error) from None


def parse_selector(text: str, *, strict: bool = True) -> tuple[Matcher, ...]:
    """The matchers of a bare `{…}`; ParseError."""
    query = parse(text) if strict else parse_loosely(text)
    if not isinstance(query, ast.LogQuery) or query.stages:
        raise QueryError("only label matchers are supported")
    return query.matchers


def _syntax_error(text: str, error: UnexpectedToken) -> ParseError:
    token = error.token
    at_end = token.type == "$END"
    place = Scan(text).place(len(text)) if at_end else (token.line, token.column)
    message = f"syntax error: unexpected {_shown(token.type)}"
    expected = _expected(error.state)
    if expected:
        message += ", expecting " + " or ".join(_shown(name) for name in expected)
    return ParseError(message, *(place if text else (0, 0)))


def _shown(name: str) -> str:
    return _SIGNS.get(name, name)


def _expected(state: Any) -> list[str]:  # noqa: ANN401 - lark's parser state
    """What could have come, as yacc lists it: after all reductions, and only up to four."""
    from lark.parsers.lalr_analysis import Shift

    states = state.parse_conf.parse_table.states
    stack = list(state.state_stack)
    while True:
        actions = states[stack[-1]]
        reductions = Counter(rule for action, rule in actions.values() if action is not Shift)
        if not reductions:
            break
        rule = reductions.most_common(1)[0][0]
        if rule.origin.name == "$root_start":
            return []
        del stack[len(stack) - len(rule.expansion) :]
        stack.append(states[stack[-1]][rule.origin.name][1])
    shifts = [name for name, (action, _) in actions.items() if action is Shift and name.isupper()]
    shifts = [name for name in shifts if name in _TERMINALS]
    return sorted(shifts, key=_TERMINALS.index) if len(shifts) <= 4 else []


# In the order in which Loki's grammar declares them
_TERMINALS = [
    "BYTES",
    "IDENTIFIER",
    "STRING",
    "NUMBER",
    "FUNCTION_FLAG",
    "DURATION",
    "RANGE",
    "EQ",
    "RE",
    "NRE",
    "NPA",
    "OPEN_BRACE",
    "CLOSE_BRACE",
    "OPEN_BRACKET",
    "CLOSE_BRACKET",
    "COMMA",
    "DOT",
    "PIPE_MATCH",
    "PIPE_EXACT",
    "PIPE_PATTERN",
    "OPEN_PARENTHESIS",
    "CLOSE_PARENTHESIS",
    "BY",
    "WITHOUT",
    "COUNT_OVER_TIME",
    "RATE",
    "RATE_COUNTER",
    "SUM",
    "SORT",
    "SORT_DESC",
    "AVG",
    "MAX",
    "MIN",
    "COUNT",
    "STDDEV",
    "STDVAR",
    "BOTTOMK",
    "TOPK",
    "APPROX_TOPK",
    "BYTES_OVER_TIME",
    "BYTES_RATE",
    "BOOL",
    "JSON",
    "REGEXP",
    "LOGFMT",
    "PIPE",
    "LINE_FMT",
    "LABEL_FMT",
    "UNWRAP",
    "AVG_OVER_TIME",
    "SUM_OVER_TIME",
    "MIN_OVER_TIME",
    "MAX_OVER_TIME",
    "STDVAR_OVER_TIME",
    "STDDEV_OVER_TIME",
    "QUANTILE_OVER_TIME",
    "BYTES_CONV",
    "DURATION_CONV",
    "DURATION_SECONDS_CONV",
    "FIRST_OVER_TIME",
    "LAST_OVER_TIME",
    "ABSENT_OVER_TIME",
    "VECTOR",
    "LABEL_REPLACE",
    "UNPACK",
    "OFFSET",
    "PATTERN",
    "IP",
    "ON",
    "IGNORING",
    "GROUP_LEFT",
    "GROUP_RIGHT",
    "DECOLORIZE",
    "DROP",
    "KEEP",
    "OR",
    "AND",
    "UNLESS",
    "CMP_EQ",
    "NEQ",
    "LT",
    "LTE",
    "GT",
    "GTE",
    "ADD",
    "SUB",
    "MUL",
    "DIV",
    "MOD",
    "POW",
]


def _validate(query: ast.Query) -> None:
    match query:
        case ast.Invalid(message):
            raise ParseError(message)
        case ast.LogQuery():
            check_matchers(query.matchers)
        case ast.RangeAggregation():
            check_matchers(query.range.query.matchers)
        case ast.VectorAggregation():
            if query.op in {"sort", "sort_desc"} and query.grouping.labels:
                raise ParseError("sort and sort_desc doesn't allow grouping by ")
            _validate(query.operand)
        case ast.LabelReplace():
            _validate(query.operand)
        case ast.Binary():
            _validate(query.left)
            _validate(query.right)
        case _:
            pass


def check_matchers(matchers: tuple[Matcher, ...]) -> None:
    """Refuse a selector that would touch every stream there is."""
    if not any(not _matches_empty(matcher) for matcher in matchers):
        raise ParseError(NO_MATCHER)


def _matches_empty(matcher: Matcher) -> bool:
    match matcher.op:
        case "=":
            return not matcher.value
        case "!=":
            return bool(matcher.value)
        case "=~":
            return bool(compile_regex(matcher.value, anchored=True).search(""))
        case _:
            return not compile_regex(matcher.value, anchored=True).search("")
