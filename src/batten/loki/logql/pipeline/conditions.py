"""Label filters: `| status >= 500 and method="GET"`."""

import operator
from collections.abc import Callable, Iterator

from batten.loki.logql import ast
from batten.loki.logql.arithmetic import COMPARISONS
from batten.loki.logql.errors import StageError
from batten.loki.logql.regex import compile_regex
from batten.loki.logql.units import byte_size, go_duration, parse_float
from batten.loki.store import Matcher

from .hints import Test
from .ip import IpFilter
from .label_regex import label_test
from .record import Record

FILTER_ERROR = "LabelFilterErr"
_READ: dict[str, Callable[[str], float]] = {
    "number": parse_float,
    "duration": go_duration,
    "bytes": byte_size,
}


def text_test(matcher: Matcher) -> Callable[[str], bool]:
    """A matcher as a test of a value."""
    value = matcher.value
    if matcher.op == "=":
        return lambda text: text == value
    if matcher.op == "!=":
        return lambda text: text != value
    search = compile_regex(value, anchored=True).search
    if matcher.op == "=~":
        return lambda text: bool(search(text))
    return lambda text: not search(text)


def condition_test(condition: ast.Condition, shown: str) -> Test:
    """A condition as a test of a record; StageError."""
    match condition:
        case ast.TextCondition(matcher):
            return _text(matcher)
        case ast.AmountCondition():
            return _amount(condition)
        case ast.IpCondition():
            return _ip(condition, shown)
        case ast.JointCondition(left, right, both):
            first, second = condition_test(left, shown), condition_test(right, shown)
            return _both(first, second) if both else _either(first, second)


def _both(first: Test, second: Test) -> Test:
    # The right side is asked even then: it may mark the line as faulty
    return lambda record: operator.and_(first(record), second(record))


def _either(first: Test, second: Test) -> Test:
    return lambda record: first(record) or second(record)


def _text(matcher: Matcher) -> Test:
    name = matcher.name
    if matcher.op not in {"=~", "!~"}:
        test = text_test(matcher)
        return lambda record: test(record.text(name))
    found, wanted = label_test(matcher.value), matcher.op == "=~"
    return lambda record: found(record.text(name)) is wanted


def _amount(condition: ast.AmountCondition) -> Test:
    read, compare = _READ[condition.kind], COMPARISONS[condition.op]
    label, value = condition.label, condition.value

    def test(record: Record) -> bool:
        text = record.get(label)
        if text is None:
            return False
        try:
            return compare(read(text), value)
        except ValueError as error:
            # A line that cannot be judged is kept, and marked
            if not record.error:
                record.fail(FILTER_ERROR, str(error))
            return True

    return test


def _ip(condition: ast.IpCondition, shown: str) -> Test:
    try:
        ip = IpFilter(condition.pattern)
    except ValueError as error:
        raise StageError(shown, str(error)) from None
    wanted = condition.op == "="

    def test(record: Record) -> bool:
        if record.error:
            return True
        text = record.get(condition.label)
        return text is not None and ip.found_in(text) is wanted

    return test


def names_in(condition: ast.Condition) -> Iterator[str]:
    """The labels that a condition looks at."""
    match condition:
        case ast.TextCondition(matcher):
            # What every value matches looks at none
            if matcher.op != "=~" or matcher.value not in {"", ".*"}:
                yield matcher.name
        case ast.JointCondition(left, right):
            yield from names_in(left)
            yield from names_in(right)
        case _:
            yield condition.label
