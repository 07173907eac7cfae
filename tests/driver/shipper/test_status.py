import http.client
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.driver.shipper.conftest import Line, Reply, StandIn, Writer, spool_of

from batten.driver.shipper import server as server_module
from batten.driver.shipper.engine import Engine
from batten.driver.shipper.server import SOCKET, serve
from batten.driver.shipper.shipper import Shipper
from batten.driver.spool import Spool
from batten.driver.spool.limits import Limits

COMPOSE = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}
SECRET = "hunter2"


def get(path: Path, page: str) -> str:
    """A page from the shipper's socket."""
    connection = http.client.HTTPConnection("shipper")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(path))
    connection.request("GET", page)
    return connection.getresponse().read().decode()


@pytest.fixture
def shop(tmp_path: Path, loki: StandIn) -> Iterator[tuple[Shipper, Writer]]:
    """A shipper with a container, whose Loki has a password."""
    writer = Writer(
        tmp_path,
        loki.url.replace("://", f"://ann:{SECRET}@"),
        ContainerLabels=COMPOSE,
        options={"loki-batch-size": "400"},
    )
    shipper = Shipper(spool_of(writer), Engine("/nowhere"), Limits())
    servers = serve(shipper, "")
    yield shipper, writer
    shipper.stop()
    for server in servers:
        server.shutdown()
        server.server_close()


def step(shipper: Shipper) -> None:
    """One look, and one push."""
    shipper.look()
    for feed in shipper.feeds.values():
        feed.turn()
        feed.busy = False
        feed.look(time.monotonic())


def test_status_of_a_container(shop: tuple[Shipper, Writer], loki: StandIn) -> None:
    """What was accepted, shipped, put aside, and what Loki does not have, without credentials."""
    shipper, writer = shop
    writer.lines(Line(time.time_ns() - 5 * 10**9, b"hello"), Line(time.time_ns(), b"you"))
    step(shipper)
    loki.script = lambda _: Reply(503, "shutting down")
    writer.lines(Line(time.time_ns() - 60 * 10**9, b"waits"))
    step(shipper)
    text = get(spool_of(writer).root / SOCKET, "/status")
    found = json.loads(text)
    (one,) = found["containers"]
    assert ("web", "shop", "web", "running") == tuple(
        one[key] for key in ("name", "project", "service", "state")
    )
    assert (writer.offset, 2, 8) == (
        one["accepted_bytes"],
        one["shipped_lines"],
        one["shipped_bytes"],
    )
    assert 0 < one["behind_bytes"] < 60
    assert 59 < one["behind_s"] < 90
    assert "Loki answered 503: shutting down" == one["last_error"]
    assert loki.url == one["loki_url"]
    assert "it counts bytes, not lines" in one["notes"][0]
    assert SECRET not in text


def test_metrics_are_prometheus(shop: tuple[Shipper, Writer]) -> None:
    """Every line is one that Prometheus reads, and no password is in them."""
    shipper, writer = shop
    writer.lines(Line(time.time_ns(), b"hello"))
    step(shipper)
    text = get(spool_of(writer).root / SOCKET, "/metrics")
    sample = re.compile(r'batten_log_driver_\w+\{(\w+="[^"]*",?)*\} [0-9.e+-]+')
    for row in text.splitlines():
        assert row.startswith("# ") or sample.fullmatch(row), row
    names = 'container="web",compose_project="shop",compose_service="web",id="c0ffee000000"'
    assert f"batten_log_driver_shipped_lines_total{{{names}}} 1\n" in text
    assert 'status="204"} 1\n' in text
    assert 'le="+Inf"} 1\n' in text
    assert SECRET not in text


def test_other_pages_say_which_there_are(shop: tuple[Shipper, Writer]) -> None:
    """Who comes by with a browser is told where to go."""
    assert "there are /metrics and /status" in get(spool_of(shop[1]).root / SOCKET, "/")


def test_an_address_that_is_taken_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eventually: Callable[..., Any]
) -> None:
    """The driver before this one may hold it still, when one replaces the other."""
    monkeypatch.setattr(server_module, "_RETRY_S", 0.02)
    (tmp_path / "streams").mkdir()
    shipper = Shipper(Spool(tmp_path), Engine("/nowhere"), Limits())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        servers = serve(shipper, f"127.0.0.1:{port}")
        assert json.loads(get(tmp_path / SOCKET, "/status"))["containers"] == []
    eventually(lambda: len(servers) == 2)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/metrics")
    assert 200 == connection.getresponse().status
    for server in servers:
        server.shutdown()
        server.server_close()


def test_options_that_cannot_be_read_do_not_stop_the_others(
    shop: tuple[Shipper, Writer], loki: StandIn
) -> None:
    """A stream of a version that allowed more is left, and said; the rest is shipped."""
    shipper, writer = shop
    Writer(spool_of(writer).root, loki.url, container="b" * 64, options={"loki-url": "nonsense"})
    writer.lines(Line(time.time_ns(), b"hello"))
    step(shipper)
    assert [b"hello"] == loki.lines()
