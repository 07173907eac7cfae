"""What the log driver says about itself."""

import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from batten.logs import driver
from batten.logs.driver import DriverStatus, Shipped

Serve = Callable[[bytes], None]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Answer whoever asks the driver with these bytes."""
    server = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr(driver, "ADDRESS", server.getsockname())

    def answer(content: bytes) -> None:
        def run() -> None:
            while True:
                try:
                    client = server.accept()[0]
                except OSError:
                    return
                with client:
                    client.recv(65536)
                    client.sendall(content)

        threading.Thread(target=run, daemon=True).start()

    yield answer
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def http(content: object) -> bytes:
    """An answer with JSON in it."""
    body = json.dumps(content).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def test_each_container(serve: Serve) -> None:
    """What is left out is nothing, what is new is nobody's business yet."""
    one = {"id": "1", "project": "shop", "service": "web", "behind_s": 2.5, "new": True}
    serve(
        http({"version": "1", "containers": [one, {"id": "2", "project": "other", "behind_s": 9}]})
    )
    found = driver.ask()
    assert found
    assert (Shipped("1", project="shop", service="web", behind_s=2.5),) == found.only(
        "shop"
    ).containers
    assert 2.5 == driver.behind_s("shop")
    assert driver.behind_s("nobody") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense\r\n\r\n", http([]), http({"containers": 3}), b"HTTP/1.1 503 No\r\n\r\n"],
)
def test_something_else_answers(serve: Serve, content: bytes) -> None:
    """Then nobody knows, and nobody stumbles."""
    serve(content)
    assert driver.ask() is None
    assert driver.behind_s("shop") is None


@pytest.mark.usefixtures("serve")
def test_nobody_answers() -> None:
    """A driver that hangs is not waited for by whoever is in a hurry."""
    assert driver.ask(hurry=True) is None


@pytest.mark.parametrize(
    ("drivers", "local", "said"),
    [
        ((), True, "the engine has no log driver `loki` that is enabled"),
        (("loki",), False, "the engine runs on another machine"),
        (("loki",), True, "is not Batten's, or its address was changed"),
    ],
)
def test_why_nothing_can_be_told(drivers: tuple[str, ...], said: str, *, local: bool) -> None:
    """Each has its way out."""
    error = driver.unasked(drivers, local=local, name="loki")
    assert said in error.message
    assert error.hint


def test_nothing_known_is_an_empty_status() -> None:
    """As a driver says that has no containers."""
    assert () == DriverStatus().containers
