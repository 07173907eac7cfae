"""The answers equal those of the real Loki."""

import pytest
from tests.loki.conformance import suite

CASES = list(suite.cases())
ANSWERS = suite.answers()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_answer_equals_lokis(case: suite.Case, loki_url: str, base_s: int) -> None:
    """Each request is answered as the real Loki answered it: values, labels, order, errors."""
    assert ANSWERS[case.name] == suite.ask(loki_url, case, base_s)


def test_every_answer_has_its_request() -> None:
    """Requests and recorded answers belong together, one to one."""
    assert {case.name for case in CASES} == set(ANSWERS)
    assert len(CASES) == len(ANSWERS)


def test_answer_to_a_post_is_that_to_a_get(loki_url: str, base_s: int) -> None:
    """A query may come in the body of a POST."""
    case = suite.Case(
        "post",
        "query_range",
        {"query": 'sum(count_over_time({app="web"}[5m]))', "step": "300"},
        {"start": 0, "end": 1800},
    )
    assert suite.ask(loki_url, case, base_s) == suite.ask(loki_url, case, base_s, post=True)
