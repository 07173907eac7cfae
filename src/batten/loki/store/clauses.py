"""Matchers as predicates on labels, and filters on lines as SQL."""

from collections.abc import Callable, Iterable, Sequence

import re2

from batten.loki.store.errors import BadRegex
from batten.loki.store.matcher import LineFilter, Matcher

Labels = dict[str, str]
# With more streams than this the engine joins against a list instead of comparing one by one
MANY = 200


def predicate(matchers: Sequence[Matcher]) -> Callable[[Labels], bool]:
    """Whether labels satisfy all matchers; a regular expression RE2 does not take is `BadRegex`."""
    tests = [_test(matcher) for matcher in matchers]
    return lambda labels: all(test(labels) for test in tests)


def _test(matcher: Matcher) -> Callable[[Labels], bool]:
    name, op, value = matcher
    if op == "=":
        return lambda labels: labels.get(name, "") == value
    if op == "!=":
        return lambda labels: labels.get(name, "") != value
    matches = compiled(f"(?s:{value})").fullmatch
    if op == "=~":
        return lambda labels: matches(labels.get(name, "")) is not None
    return lambda labels: matches(labels.get(name, "")) is None


def compiled(pattern: str) -> "re2._Regexp[str]":
    """Compile for RE2; what it does not take is `BadRegex`."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise BadRegex(f"`{pattern}` is no regular expression of RE2: {error}") from error


def of_filters(filters: Iterable[LineFilter]) -> list[str]:
    """A condition for each filter that excludes anything."""
    return [clause for one in filters if (clause := _of_filter(one))]


def _of_filter(one: LineFilter) -> str:
    if one.op in {"|=", "|~"} and "" in one.values:
        return ""
    if one.op in {"|=", "!="}:
        tests = [f"contains(line, {_literal(value)})" for value in one.values]
    else:
        for value in one.values:
            compiled(value)
        tests = [f"regexp_matches(line, {_pattern(value)})" for value in one.values]
    either = f"({' OR '.join(tests)})"
    return either if one.op in {"|=", "|~"} else f"NOT {either}"


def of_streams(streams: Sequence[int]) -> str:
    """A condition for these streams (numbers of ours, never text of others)."""
    listed = ", ".join(map(str, streams))
    if len(streams) > MANY:
        return f"stream IN (SELECT unnest([{listed}]))"
    return f"stream IN ({listed})"


def _literal(text: str) -> str:
    quoted = text.encode("utf-8", "replace").decode().replace("'", "''")
    if "\0" not in quoted:
        return f"'{quoted}'"
    return "concat(" + ", chr(0), ".join(f"'{part}'" for part in quoted.split("\0")) + ")"


def _pattern(pattern: str) -> str:
    # A constant is compiled once; a NUL cannot stand in SQL text, RE2 knows it by this name
    return "'" + pattern.replace("\0", r"\x00").replace("'", "''") + "'"
