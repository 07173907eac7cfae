"""The store against a model of it: what is pushed is there once, in order, also after a restart."""

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batten.loki.store import (
    BadRegex,
    Entry,
    LineFilter,
    Matcher,
    Store,
    TimedOut,
    Unavailable,
)

DAY = 86_400 * 10**9
MINUTE = 60 * 10**9
# Around a midnight, so that pushes lie in two days
MIDNIGHT = 20_000 * DAY
LEVEL = (("detected_level", "info"),)
ALL = (0, 1 << 62)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    one = Store(tmp_path)
    yield one
    one.close()


def lines_of(store: Store, limit: int | None = None) -> list[tuple[int, str]]:
    """Time from midnight and line of what matches."""
    with store.reader() as reader:
        found = reader.select((), (), *ALL, limit=limit)
        return [(entry.ts - MIDNIGHT, entry.line) for _, entry in found]


entries = st.builds(
    Entry,
    st.integers(-6, 6).map(lambda minutes: MIDNIGHT + minutes * MINUTE),
    st.sampled_from(["a", "b", "it's", ""]),
    st.sampled_from([(), LEVEL]),
)
pushes = st.lists(
    st.lists(st.tuples(st.sampled_from("xyz"), st.lists(entries, max_size=6)), max_size=3),
    max_size=5,
)


@given(sent=pushes, restart=st.booleans(), again=st.booleans())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_keeps_each_entry_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    sent: list[list[tuple[str, list[Entry]]]],
    restart: bool,
    again: bool,
) -> None:
    """Whatever is pushed in whatever order, each different entry is there once, by time."""
    folder = tmp_path_factory.mktemp("store")
    store = Store(folder)
    expected = {(app, entry) for push in sent for app, several in push for entry in several}
    for push in sent * (2 if again else 1):
        store.push([({"app": app}, several) for app, several in push])
        if restart:
            store.close()
            store = Store(folder)
    with store.reader() as reader:
        found = [(reader.labels_of(n)["app"], e) for n, e in reader.select((), (), *ALL)]
        newest = list(reader.select((), (), *ALL, limit=3, backward=True))
    store.close()
    assert sorted(expected) == sorted(found)
    assert sorted(entry.ts for _, entry in found) == [entry.ts for _, entry in found]
    assert [e.ts for _, e in newest] == sorted((e.ts for _, e in expected), reverse=True)[:3]


@given(
    times=st.lists(st.integers(0, 600), min_size=1, max_size=30),
    step=st.integers(0, 120),
    range_=st.integers(1, 240),
    first=st.integers(0, 300),
    length=st.integers(0, 300),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_counts_what_windows_hold(
    tmp_path_factory: pytest.TempPathFactory,
    times: list[int],
    step: int,
    range_: int,
    first: int,
    length: int,
) -> None:
    """A window of a count has the entries after its beginning and up to its end."""
    store = Store(tmp_path_factory.mktemp("store"))
    at = [MIDNIGHT + seconds * 10**9 for seconds in sorted(set(times))]
    store.push([({"app": "x"}, [Entry(ts, "four", LEVEL) for ts in at])])
    start = MIDNIGHT + first * 10**9
    end = start + (length * 10**9 if step else 0)
    expected: dict[int, int] = defaultdict(int)
    for t in range(start, end + 1, (step or 1) * 10**9):
        for ts in at:
            expected[t] += t - range_ * 10**9 < ts <= t
    with store.reader() as reader:
        window = start, end, step * 10**9, range_ * 10**9
        entries = reader.count((), (), *window)
        sizes = reader.count((), (), *window, what="bytes", by_metadata=False)
    store.close()
    wanted = {t: number for t, number in expected.items() if number}
    assert ({(1, LEVEL): wanted} if wanted else {}) == entries
    assert ({(1, ()): {t: 4 * n for t, n in wanted.items()}} if wanted else {}) == sizes


def test_counts_windows_that_share_no_unit(store: Store) -> None:
    """Windows whose step and range have no common measure are counted line by line, and right."""
    at = [MIDNIGHT + i * 1_000_003 for i in range(1000)]
    store.push([({"app": "x"}, [Entry(ts, "x") for ts in at])])
    start, step, range_ = MIDNIGHT + 500_000_007, 7_000_001, 30_000_011
    with store.reader() as reader:
        found = reader.count((), (), start, start + 20 * step, step, range_)[1, ()]
    for k in range(21):
        t = start + k * step
        assert sum(t - range_ < ts <= t for ts in at) == found[t]


def test_selects_by_labels(store: Store) -> None:
    """Matchers take whole values, an absent label counts as empty, `.` matches a line break."""
    for labels in ({"app": "web"}, {"app": "web2"}, {"job": "a\nb"}):
        store.push([(labels, [Entry(MIDNIGHT, str(labels))])])
    asked: dict[tuple[str, Any, str], list[str | None]] = {
        ("app", "=", "web"): ["web"],
        ("app", "!=", "web"): ["web2", None],
        ("app", "=~", "web"): ["web"],
        ("app", "=~", "web.*"): ["web", "web2"],
        ("app", "!~", "web.+"): ["web", None],
        ("app", "=", ""): [None],
        ("app", "=~", ".*"): ["web", "web2", None],
        ("job", "=~", "a.b"): [None],
        ("nothing", "=", "here"): [],
    }
    with store.reader() as reader:
        for matcher, expected in asked.items():
            found = reader.series([Matcher(*matcher)], *ALL)
            assert expected == [stream.labels.get("app") for stream in found], matcher


def test_filters_lines(store: Store) -> None:
    """Filters take any text as it is, alternatives as one, and several filters as all of them."""
    texts = ["it's 100%", "a\0b", "Käse", "", "one two", "two"]
    store.push([({"a": "b"}, [Entry(MIDNIGHT + i, text) for i, text in enumerate(texts)])])
    asked: dict[tuple[tuple[Any, tuple[str, ...]], ...], list[str]] = {
        (("|=", ("'s",)),): ["it's 100%"],
        (("|=", ("%",)),): ["it's 100%"],
        (("|=", ("\0",)),): ["a\0b"],
        (("|=", ("",)),): texts,
        (("!=", ("",)),): [],
        (("|=", ("ä", "one")),): ["Käse", "one two"],
        (("!=", ("two", "a")),): ["it's 100%", "Käse", ""],
        (("|~", ("^two",)),): ["two"],
        (("!~", ("o$", ".")),): [""],
        (("|~", ("(?i)KÄSE|'",)),): ["it's 100%", "Käse"],
        (("|=", ("two",)), ("!=", ("one",))): ["two"],
    }
    with store.reader() as reader:
        for filters, expected in asked.items():
            found = reader.select((), [LineFilter(*one) for one in filters], *ALL)
            assert expected == [entry.line for _, entry in found], filters


def test_names_a_wrong_regular_expression(store: Store) -> None:
    """What RE2 does not take is told, not searched for."""
    store.push([({"a": "b"}, [Entry(MIDNIGHT, "x")])])
    with store.reader() as reader:
        with pytest.raises(BadRegex, match=r"`\(\?=x\)` is no regular expression"):
            list(reader.select((), [LineFilter("|~", ("(?=x)",))], *ALL))
        with pytest.raises(BadRegex, match="no regular expression"):
            reader.series([Matcher("a", "=~", "[")], *ALL)


def test_start_is_in_and_end_is_out(store: Store) -> None:
    """A time range has its start and not its end, in lines and in series."""
    store.push([({"a": "b"}, [Entry(MIDNIGHT + i, str(i)) for i in range(3)])])
    with store.reader() as reader:
        found = reader.select((), (), MIDNIGHT, MIDNIGHT + 2)
        assert ["0", "1"] == [entry.line for _, entry in found]
        assert [] == reader.series((), MIDNIGHT + 3, MIDNIGHT + 4)
        assert [] == reader.series((), MIDNIGHT - 1, MIDNIGHT)
        assert 1 == len(reader.series((), MIDNIGHT + 2, MIDNIGHT + 3))


def test_drops_whole_days(tmp_path: Path) -> None:
    """A day past retention gives its disk back; what is older than retention is hidden before."""
    now = time.time_ns()
    today = now // DAY * DAY
    store = Store(tmp_path, retention=DAY)
    for ago in range(4):
        store.push([({"ago": str(ago)}, [Entry(today - ago * DAY, "x")])])
    with store.reader() as reader:
        assert ["0"] == reader.label_values("ago", (), *ALL)
    gone = store.retain(now)
    left = sorted(file.name for file in tmp_path.glob("*.duckdb"))
    assert [today // DAY - 3, today // DAY - 2] == gone
    assert 2 == len(left)
    assert store.push([({"ago": "3"}, [Entry(today, "x")])]) == 1
    store.close()


def test_a_query_outlives_the_day_it_reads(store: Store) -> None:
    """Whoever reads a day that is dropped gets an answer or is told to ask again."""
    for day in range(2):
        at = [Entry(MIDNIGHT + day * DAY + i, "x" * 100) for i in range(5000)]
        store.push([({"a": "b"}, at)])
    with store.reader() as reader:
        found = reader.select((), (), *ALL)
        next(found)
        store.days.drop(MIDNIGHT // DAY)
        store.days.drop(MIDNIGHT // DAY + 1)
        with pytest.raises(Unavailable, match="ask again"):
            list(found)


def test_ends_at_its_deadline(store: Store) -> None:
    """A query that takes too long is interrupted, and the next one works."""
    at = [Entry(MIDNIGHT + i, f"{i} {'ab' * 100}") for i in range(60_000)]
    store.push([({"a": "b"}, at)])
    slow = [LineFilter("|~", (f"(a|b)*{i}(b|a)*x(a|b)*y",)) for i in range(200)]
    never = [LineFilter("!~", one.values) for one in slow]
    with store.reader(timeout_s=0.05) as reader, pytest.raises(TimedOut, match=r"longer than 0.05"):
        list(reader.select((), never, *ALL))
    assert 3 == len(lines_of(store, limit=3))


def test_resends_are_found_after_a_failure(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that was written but reported as failed does not make lines double."""
    import duckdb

    write = Store._write

    def fail(*args: object) -> None:
        write(*args)  # type: ignore[arg-type]  # handed through as they came
        raise duckdb.IOException("no space left on device")

    push = [({"a": "b"}, [Entry(MIDNIGHT + i, str(i)) for i in range(10)])]
    monkeypatch.setattr(Store, "_write", fail)
    with pytest.raises(Unavailable, match="cannot be written"):
        store.push(push)
    monkeypatch.setattr(Store, "_write", write)
    assert 0 == store.push(push)
    assert 10 == len(lines_of(store))


def test_takes_nothing_without_room(tmp_path: Path) -> None:
    """Below the floor of free disk a push is refused and says what to do."""
    store = Store(tmp_path, free_disk=1 << 62)
    with pytest.raises(Unavailable, match=r"no space left .* shorten `retention_period`"):
        store.push([({"a": "b"}, [Entry(MIDNIGHT, "x")])])
    store.close()


def test_one_process_at_a_time(tmp_path: Path, store: Store) -> None:
    """A folder that is in use is refused, and nothing in it is touched."""
    store.push([({"a": "b"}, [Entry(MIDNIGHT, "x")])])
    with pytest.raises(Unavailable, match="another process has"):
        Store(tmp_path)
    assert 1 == len(lines_of(store))
