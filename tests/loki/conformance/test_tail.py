"""New lines over a websocket."""

import json
import time
import urllib.parse
import urllib.request

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


def _push(url: str, line: str) -> None:
    values = [[str(time.time_ns()), line]]
    body = json.dumps({"streams": [{"stream": {"app": "tailed"}, "values": values}]}).encode()
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{url}/loki/api/v1/push", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass


def _address(url: str, query: str) -> str:
    address = url.replace("http://", "ws://")
    return f"{address}/loki/api/v1/tail?query={urllib.parse.quote(query)}"


def test_lines_are_told_as_they_come(own_url: str) -> None:
    """Whoever tails a query gets each new line once, with the labels that stages made."""
    with connect(_address(own_url, '{app="tailed"} | logfmt | n > 0')) as socket:
        for number in range(3):
            _push(own_url, f"n={number}")
        told: list[tuple[str, str]] = []
        while len(told) < 2:
            for stream in json.loads(socket.recv(timeout=10))["streams"]:
                told += [(stream["stream"]["n"], line) for _, line in stream["values"]]
        with pytest.raises(TimeoutError):
            socket.recv(timeout=1.2)
    assert [("1", "n=1"), ("2", "n=2")] == told


def test_a_query_that_is_none_is_refused(own_url: str) -> None:
    """A fault is told before the connection becomes a websocket."""
    with pytest.raises(InvalidStatus, match="HTTP 400"):
        connect(_address(own_url, "nonsense("))
