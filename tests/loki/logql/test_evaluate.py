"""Metric queries over a small store of our own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from batten.loki.logql import ast
from batten.loki.logql.errors import LimitError, PipelineError
from batten.loki.logql.evaluate import Evaluation, Moments
from batten.loki.logql.parse import parse
from batten.loki.logql.series import Vector
from batten.loki.logql.streams import LogRequest, streams
from batten.loki.store import Entry, Store

SECOND = 10**9
BASE = 1_700_000_000 * SECOND
MINUTES = Moments(BASE, BASE + 120 * SECOND, 60 * SECOND)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two streams with a line every ten seconds from the base time on."""
    store = Store(tmp_path)
    for app in ("a", "b"):
        lines = [Entry(BASE + i * 10 * SECOND, f"n={i} level=info") for i in range(13)]
        store.push([({"app": app}, lines)])
    yield store
    store.close()


def run(store: Store, text: str, moments: Moments = MINUTES, max_series: int = 500) -> list[Vector]:
    """The vectors of a query."""
    query = parse(text)
    assert not isinstance(query, ast.LogQuery)
    with store.reader() as reader:
        return Evaluation(reader, moments, max_series).run(query)


def test_a_window_excludes_its_start_and_includes_its_end(store: Store) -> None:
    """A line exactly at the end of a window counts, one exactly at its start does not."""
    expected = [{(): 1.0}, {(): 6.0}, {(): 6.0}]
    assert expected == run(store, 'sum(count_over_time({app="a"}[1m]))')


def test_counting_in_the_store_equals_counting_lines(store: Store) -> None:
    """What the store counts itself is what reading every line gives."""
    fast = run(store, 'sum by (app) (bytes_rate({app=~".+"} |= "1" [90s] offset 10s))')
    slow = run(store, 'sum by (app) (bytes_rate({app=~".+"} |> "<_>1<_>" [90s] offset 10s))')
    assert any(fast)
    assert slow == fast


def test_a_line_that_cannot_be_read_fails_the_query(store: Store) -> None:
    """A metric query over faulty lines is refused, unless the fault was filtered out."""
    with pytest.raises(PipelineError, match="JSONParserErr"):
        run(store, 'count_over_time({app="a"} | json [1m])')
    assert [{}, {}, {}] == run(store, 'count_over_time({app="a"} | json | __error__="" [1m])')


def test_too_many_series_are_refused(store: Store) -> None:
    """A query may not give more series than the limits say."""
    with pytest.raises(LimitError, match=r"maximum of series \(5\) reached"):
        run(store, 'count_over_time({app="a"} | logfmt [1m])', max_series=5)


def test_lines_stop_at_the_limit(store: Store) -> None:
    """A log query gives the newest lines first, as many as it may, each stream by itself."""
    query = parse('{app=~"a|b"} | logfmt | n > 2')
    assert isinstance(query, ast.LogQuery)
    with store.reader() as reader:
        request = LogRequest(query, BASE, BASE + 200 * SECOND, 3, backward=True)
        found = streams(reader, request)
    assert 3 == sum(map(len, found.values()))
    assert ["11", "12", "12"] == sorted(dict(labels)["n"] for labels in found)
