"""Two servers, one query: runs only where a real Loki was named with `--loki-url`."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.loki.conformance import queries, suite

SETTINGS = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="session")
def real_url(given_url: str | None, loki_url: str) -> str:
    """The Loki that was named."""
    if given_url is None:
        pytest.skip("no Loki to compare with: name one with `--loki-url`")
    return loki_url


def _assert_same(case: suite.Case, real_url: str, own_url: str, base_s: int) -> None:
    expected, actual = suite.ask(real_url, case, base_s), suite.ask(own_url, case, base_s)
    assert expected == actual, case.params["query"]


@SETTINGS
@given(query=queries.log_queries(), direction=st.sampled_from(["forward", "backward"]))
def test_lines_are_the_same(
    query: str, direction: str, real_url: str, own_url: str, base_s: int
) -> None:
    """Whatever a log query asks, both servers answer alike."""
    params = {"query": query, "limit": 50, "direction": direction}
    case = suite.Case("lines", "query_range", params, {"start": 0, "end": 1900})
    _assert_same(case, real_url, own_url, base_s)


@SETTINGS
@given(query=queries.metric_queries(), step=st.sampled_from(["30s", "300", "10m"]))
def test_samples_are_the_same(
    query: str, step: str, real_url: str, own_url: str, base_s: int
) -> None:
    """Whatever a metric query asks, both servers answer alike."""
    params = {"query": query, "step": step}
    case = suite.Case("samples", "query_range", params, {"start": 0, "end": 1800})
    _assert_same(case, real_url, own_url, base_s)
