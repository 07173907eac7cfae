import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import docker
import pytest

from batten.driver.shipper import resolver as module
from batten.driver.shipper.engine import Engine
from batten.driver.shipper.resolver import Resolver

LABELS = {
    "com.docker.compose.project": "batten-test-resolver",
    "com.docker.compose.service": "loki",
}


class FakeEngine:
    """Stands in for the engine's socket, in the shape of its API 1.41."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.containers: list[dict[str, Any]] = []
        self.drivers: dict[str, str] = {}
        self.asked: list[str] = []
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(engine.answer(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def address_string(self) -> str:
                return "-"

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingUnixStreamServer(self.path, Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, path: str) -> Any:  # noqa: ANN401
        """What the engine says about a path."""
        self.asked.append(path)
        parts = urlsplit(path)
        if parts.path.startswith("/networks/"):
            return {"Driver": self.drivers[parts.path.removeprefix("/networks/")]}
        wanted = json.loads(parse_qs(parts.query).get("filters", ["{}"])[0])
        labels = dict(label.split("=") for label in wanted.get("label", []))
        return [one for one in self.containers if labels.items() <= one["Labels"].items()]

    def run(self, *addresses: tuple[str, str], mode: str = "bridge") -> None:
        """A container of the service with these (address, driver of its network)."""
        networks = {}
        for number, (address, driver) in enumerate(addresses):
            self.drivers[f"n{number}"] = driver
            networks[f"name{number}"] = {"IPAddress": address, "NetworkID": f"n{number}"}
        settings = {"Networks": networks}
        host = {"NetworkMode": mode}
        self.containers.append(
            {"Id": "c", "Labels": LABELS, "NetworkSettings": settings, "HostConfig": host}
        )

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeEngine]:
    """A stand-in for the engine."""
    engine = FakeEngine(tmp_path / "engine.sock")
    yield engine
    engine.close()


def resolver(fake: FakeEngine, host: str = "loki") -> Resolver:
    """Who looks for the host for a container of the project."""
    return Resolver(host, LABELS["com.docker.compose.project"], Engine(fake.path))


def test_a_service_of_the_own_project(fake: FakeEngine) -> None:
    """Networks that cannot be reached from the host are passed over."""
    fake.run(("10.0.0.9", "overlay"), ("172.18.0.3", "bridge"))
    found = resolver(fake).find()
    assert ("172.18.0.3", "service loki of project batten-test-resolver") == found


def test_a_service_in_the_hosts_network(fake: FakeEngine) -> None:
    """Its ports are the host's own."""
    fake.run(("", "host"), mode="host")
    fake.drivers["n0"] = "host"
    assert "127.0.0.1" == resolver(fake).find().address


def test_a_container_that_moved_is_found_again(fake: FakeEngine) -> None:
    """Its address is kept while pushes succeed, and asked for anew when one does not arrive."""
    fake.run(("172.18.0.3", "bridge"))
    finder = resolver(fake)
    assert "172.18.0.3" == finder.find().address
    fake.containers.clear()
    fake.run(("172.18.0.7", "bridge"))
    assert "172.18.0.3" == finder.find().address
    finder.forget()
    assert "172.18.0.7" == finder.find().address


def test_several_replicas_take_turns(fake: FakeEngine) -> None:
    """Where one cannot be reached, the next is tried."""
    fake.run(("172.18.0.3", "bridge"))
    fake.run(("172.18.0.4", "bridge"))
    finder = resolver(fake)
    first = finder.find().address
    finder.forget()
    assert {"172.18.0.3", "172.18.0.4"} == {first, finder.find().address}


@pytest.mark.parametrize("host", ["localhost", "loki.example.com", "10.1.2.3", "::1"])
def test_other_names_are_left_alone(fake: FakeEngine, host: str) -> None:
    """Only a name without a dot can be a service."""
    assert host == resolver(fake, host).find().address
    assert [] == fake.asked


def test_a_name_that_is_no_service_falls_back_to_dns(fake: FakeEngine) -> None:
    """The status says why it was not found in the project."""
    found = resolver(fake).find()
    assert "loki" == found.address
    assert "no running service of project batten-test-resolver: DNS" == found.how


def test_an_engine_that_does_not_answer_is_no_end(tmp_path: Path) -> None:
    """Without the engine there is still DNS."""
    found = Resolver("loki", "shop", Engine(str(tmp_path / "nobody"))).find()
    assert ("loki", "the engine could not be asked: DNS") == found


def test_it_is_asked_again_now_and_then(fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Loki that moved while its old address was taken over is found, too."""
    monkeypatch.setattr(module, "_KEEP_S", 0.0)
    fake.run(("172.18.0.3", "bridge"))
    finder = resolver(fake)
    finder.find()
    finder.find()
    assert 2 == sum(path.startswith("/containers") for path in fake.asked)


@pytest.mark.engine
def test_on_a_real_engine(start: Callable[..., str], sdk: docker.APIClient) -> None:
    """The address is the one that the engine gave the service's container."""
    container = start(labels=LABELS)
    networks = sdk.inspect_container(container)["NetworkSettings"]["Networks"]
    engine = Engine()
    found = Resolver("loki", LABELS["com.docker.compose.project"], engine).find()
    assert {found.address} == {one["IPAddress"] for one in networks.values()}
    assert engine.exists(container)
    assert not engine.exists("0" * 64)
