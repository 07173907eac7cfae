"""Queries become trees, and faults are told in Loki's words."""

import pytest

from batten.loki.logql import ast
from batten.loki.logql.errors import ParseError
from batten.loki.logql.parse import parse
from batten.loki.store import Matcher

MINUTE = 60 * 10**9
WEB = (Matcher("app", "=", "web"),)


def test_selector_and_stages_become_a_log_query() -> None:
    """A log query is its matchers and its stages in order."""
    query = parse('{app="web"} |= "a" or "b" != "c" | json | status >= 500')
    expected = ast.LogQuery(
        WEB,
        (
            ast.LineFilters(
                (
                    ast.LineFilter("|=", ("a", "b"), (False, False)),
                    ast.LineFilter("!=", ("c",), (False,)),
                )
            ),
            ast.JsonParser(),
            ast.LabelFilter(ast.AmountCondition("number", "status", ">=", 500.0)),
        ),
    )
    assert expected == query


@pytest.mark.parametrize(
    "text",
    [
        '{app="web"} |= "a" [5m] offset 1m',
        '({app="web"} |= "a")[5m] offset 1m',
        '{app="web"}[5m] offset 1m |= "a"',
        '({app="web"} |= "a" [5m] offset 1m)',
    ],
)
def test_a_range_may_stand_in_several_places(text: str) -> None:
    """The range and its offset mean the same wherever Loki lets them stand."""
    filters = ast.LineFilters((ast.LineFilter("|=", ("a",), (False,)),))
    expected = ast.LogRange(ast.LogQuery(WEB, (filters,)), 5 * MINUTE, MINUTE, None)
    assert ast.RangeAggregation("rate", expected, None, None) == parse(f"rate({text})")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("7 - 2 - 1", 4.0),
        ("-2 ^ 2", 4.0),
        ("1 > 2", 0.0),
        ("10 % 4 == 2", 1.0),
    ],
)
def test_operators_have_their_precedence(text: str, value: float) -> None:
    """Numbers are worked out while they are read, the closer operator first."""
    assert ast.Literal(value) == parse(text)


def test_a_comma_takes_all_that_follows() -> None:
    """`a or b, c or d` is `a or (b and (c or d))`, as yacc reads Loki's grammar."""
    conditions = [ast.TextCondition(Matcher(name, "=", "1")) for name in "abcd"]
    a, b, c, d = conditions
    either = ast.JointCondition(c, d, both=False)
    both = ast.JointCondition(b, either, both=True)
    expected = ast.LabelFilter(ast.JointCondition(a, both, both=False))
    query = parse('{app="web"} | a="1" or b="1", c="1" or d="1"')
    assert isinstance(query, ast.LogQuery)
    assert (expected,) == query.stages


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "parse error at line 1, col 2: syntax error: unexpected $end, expecting IDENTIFIER or }"),
        (
            "{app}",
            "parse error at line 1, col 5: syntax error: unexpected }, expecting = or =~ or !~ or !=",
        ),
        (
            'sum({app="web"})',
            "parse error at line 1, col 16: syntax error: unexpected )",
        ),
        ('rate({app="web"}[5x])', 'parse error at line 0, col 17: unknown unit "x" in duration "5x"'),
        ('{app="web"} |= "x', "parse error at line 1, col 16: literal not terminated"),
        ('topk(0, rate({app="web"}[5m]))', "parse error : invalid parameter (must be greater than 0) topk(0"),
        ('sum_over_time({app="web"}[5m])', "parse error : invalid aggregation sum_over_time without unwrap"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_lokis_words(text: str, message: str) -> None:
    """Where a query goes wrong, and what could have stood there, reads as in Loki."""
    with pytest.raises(ParseError) as raised:
        parse(text)
    assert message == str(raised.value)


@pytest.mark.parametrize("text", ["{}", '{app=""}', '{app=~".*"}', '{app!="x"}', "rate({}[1m])"])
def test_a_selector_must_select(text: str) -> None:
    """A selector that every stream matches is refused."""
    with pytest.raises(ParseError, match="at least one regexp or equality matcher"):
        parse(text)


def test_a_query_of_any_length_ends() -> None:
    """A query longer than Loki takes is refused before it is read."""
    with pytest.raises(ParseError, match="input size too long"):
        parse('{app="' + "x" * 200_000 + '"}')
