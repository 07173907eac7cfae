"""Everything that was asked for, once, in the order of time, however much Loki gives at once."""

from typing import Any

import pytest

from batten.errors import InputError, LokiError
from batten.logs import Request
from batten.logs.loki import Away, Loki
from batten.logs.pages import Pages

SECOND = 1_000_000_000
NOW = 1_800_000_000 * SECOND

StandIn = Any


def texts(stand_in: StandIn, **asked: Any) -> list[str]:  # noqa: ANN401  # any field
    """The texts of a request's lines, page after page.

    Lines of one instant stand in the order of their streams, in which none is the first: they are
    sorted here.
    """
    request = Request("shop", **{"until_ns": NOW} | asked)
    lines = [line for page in Pages(Loki(stand_in.url), request) for line in page]
    assert lines == sorted(lines, key=lambda line: line.time_ns)
    return [one.text for one in sorted(lines, key=lambda line: (line.time_ns, line.text))]


@pytest.fixture
def full(stand_in: StandIn) -> StandIn:
    """Eleven thousand lines of two services, three at each instant."""
    for number in range(11_000):
        service = "web" if number % 2 else "db"
        stand_in.put(NOW - SECOND * 20_000 + number // 3 * SECOND, f"{number:05}", service)
    return stand_in


@pytest.mark.parametrize("most", [5000, 700])
def test_all_of_it(full: StandIn, most: int) -> None:
    """More than one query may ask for, from the oldest on; none is missing and none comes twice."""
    full.most = most
    assert [f"{number:05}" for number in range(11_000)] == texts(full)


@pytest.mark.parametrize("count", [0, 1, 2, 1000, 5000, 5001, 10_999])
def test_the_last_ones(full: StandIn, count: int) -> None:
    """So many, or as many as there are."""
    full.put(NOW - 1, "z1")
    full.put(NOW - 2, "z0")
    whole = [*(f"{number:05}" for number in range(11_000)), "z0", "z1"]
    found = texts(full, limit=count)
    assert len(whole[-count:] if count else []) == len(found)
    # Of the instant at which it is cut, any will do.
    assert set(whole[len(whole) - count + 3 :]) <= set(found) <= set(whole[-count - 3 :])
    assert len(set(found)) == len(found)


def test_of_some_services_with_a_text(full: StandIn) -> None:
    """Loki is asked for no more than that."""
    full.put(NOW - 5, 'a "quoted\\" [text]', "web")
    full.put(NOW - 4, 'a "quoted\\" [text]', "db.2")
    full.put(NOW - 3, 'a "quoted\\" [text]', "dbx2")
    found = texts(full, services=("db.2", "web"), grep='"quoted\\" [')
    assert ['a "quoted\\" [text]'] * 2 == found


def test_between_two_instants(full: StandIn) -> None:
    """The first is in, the second is not."""
    since, until = NOW - 20_000 * SECOND, NOW - 19_998 * SECOND
    found = texts(full, since_ns=since, until_ns=until)
    assert ["00000", "00001", "00002", "00003", "00004", "00005"] == found


def test_more_of_one_instant_than_a_page_holds(stand_in: StandIn) -> None:
    """There is no way to ask for the rest of it; what comes after is not lost."""
    stand_in.most = 10
    for number in range(25):
        stand_in.put(NOW - 100, f"{number}")
    stand_in.put(NOW - 50, "after")
    assert "after" in texts(stand_in)
    assert "after" in texts(stand_in, limit=20)


def test_a_query_that_is_none(stand_in: StandIn) -> None:
    """What Loki has against it is said."""
    with pytest.raises(LokiError, match="col 1: syntax error"):
        texts(stand_in, query="{boom")


def test_nobody_there(stand_in: StandIn) -> None:
    """Who does not answer, and why; credentials are not shown."""
    stand_in.close()
    url = stand_in.url.replace("http://", "http://me:hush@")
    with pytest.raises(Away, match="connection refused") as caught:
        Loki(url).values("a", "{}", 0, 1)
    assert stand_in.url in caught.value.message
    assert "hush" not in caught.value.message


def test_not_yet(stand_in: StandIn) -> None:
    """A Loki that starts, or has too much to do, is away for now."""
    stand_in.status = 503
    with pytest.raises(Away, match="too early"):
        texts(stand_in)


def test_credentials_and_tenant_are_sent(stand_in: StandIn) -> None:
    """As the log driver sends them; the URL may be that of its push API."""
    url = stand_in.url.replace("http://", "http://me:hu%40sh@") + "/loki/api/v1/push"
    Loki(url, tenant="one").values("a", "{}", 0, 1)
    headers = stand_in.headers[-1]
    assert ("Basic bWU6aHVAc2g=", "one") == (headers["Authorization"], headers["X-Scope-OrgID"])


@pytest.mark.parametrize(
    "url", ["loki:3100", "127.0.0.1:3100", "ftp://x", "http://", "http://[::1"]
)
def test_no_url(url: str) -> None:
    """A host alone is none."""
    with pytest.raises(InputError, match="no URL"):
        Loki(url)
