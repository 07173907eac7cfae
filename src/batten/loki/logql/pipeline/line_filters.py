"""`|= "a" or "b"`, `!~ "c"`, `|> "<_> d"`."""

from collections.abc import Callable
from functools import lru_cache

from batten.loki.logql import ast
from batten.loki.logql.errors import ParseError, StageError
from batten.loki.logql.pattern import check_filter, matches
from batten.loki.logql.regex import compile_regex

from .ip import IpFilter
from .record import Record

LineTest = Callable[[str], bool]


def filters_stage(stage: ast.LineFilters, shown: str) -> Callable[[Record], bool]:
    """One test for all the filters; StageError."""
    try:
        tests = [line_test(line_filter) for line_filter in stage.filters]
    except (ParseError, ValueError) as error:
        raise StageError(shown, str(error).removeprefix("parse error : ")) from None
    if len(tests) == 1:
        only = tests[0]
        return lambda record: only(record.line)
    return lambda record: all(test(record.line) for test in tests)


@lru_cache(maxsize=512)
def line_test(line_filter: ast.LineFilter) -> LineTest:
    """A filter as a test of a line; ParseError or ValueError."""
    positive = line_filter.op in {"|=", "|~", "|>"}
    tests = [
        _one(line_filter.op, value, is_ip=is_ip)
        for value, is_ip in zip(line_filter.values, line_filter.is_ip, strict=True)
    ]
    if len(tests) == 1 and positive:
        return tests[0]
    if positive:
        return lambda line: any(test(line) for test in tests)
    return lambda line: not any(test(line) for test in tests)


def _one(op: str, value: str, *, is_ip: bool) -> LineTest:
    if is_ip:
        if op not in {"|=", "!="}:
            raise ValueError("ip: invalid operation")
        return IpFilter(value).found_in
    if op in {"|=", "!="}:
        return lambda line: value in line
    if op in {"|>", "!>"}:
        parts = check_filter(value)
        return lambda line: matches(parts, line)
    search = compile_regex(value).search
    return lambda line: bool(search(line))
