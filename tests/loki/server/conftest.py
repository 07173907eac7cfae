"""A real server process on a port of its own, and a client that talks to it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from batten.loki.store import Entry, Matcher, Store

SRC = Path(__file__).parents[3] / "src"


class Server:
    """`python3 -m batten.loki` with its data in a folder; it can be killed and started again."""

    def __init__(self, folder: Path, settings: str) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = folder / "loki.yaml"
        self.config.write_text(
            f"server: {{http_listen_port: {self.port}, http_listen_address: 127.0.0.1}}\n"
            f"common: {{path_prefix: {folder}}}\n{settings}",
            encoding="utf-8",
        )
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """Where the day files are."""
        return self.folder / "batten"

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "batten.loki", f"-config.file={self.config}"],
            env={**os.environ, "PYTHONPATH": str(SRC)},
            stderr=(self.folder / "stderr").open("ab"),
        )
        for _ in range(200):
            if self.process.poll() is not None:
                break
            if self.get("/ready")[0] == 200:
                return
            time.sleep(0.05)
        raise AssertionError(f"the server is not ready: {self.errors()}")

    def errors(self) -> str:
        """What it said."""
        return (self.folder / "stderr").read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """End it as the engine does."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(10)

    def get(self, path: str) -> tuple[int, str]:
        """Ask; 0 where nobody listens."""
        return self._ask(urllib.request.Request(self.url + path))  # noqa: S310 - our own address

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Push a body as it is."""
        target = f"{self.url}/loki/api/v1/push"
        return self._ask(urllib.request.Request(target, body, dict(headers)))  # noqa: S310

    def push(
        self, *streams: tuple[Mapping[str, str], Sequence[Sequence[Any]]], **headers: str
    ) -> tuple[int, str]:
        """Push streams in JSON: labels, and `[ns, line]` or `[ns, line, metadata]` each."""
        values = [
            {"stream": labels, "values": [[str(one[0]), *one[1:]] for one in entries]}
            for labels, entries in streams
        ]
        body = json.dumps({"streams": values}).encode()
        return self.post(body, {"Content-Type": "application/json", **headers})

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def stored(self, *matchers: Matcher) -> list[tuple[dict[str, str], Entry]]:
        """What its files hold, read after it has ended."""
        assert self.process is not None
        assert self.process.poll() is not None
        store = Store(self.data)
        try:
            with store.reader() as reader:
                found = reader.select(matchers, (), 0, 1 << 62)
                return [(reader.labels_of(stream), entry) for stream, entry in found]
        finally:
            store.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers with these settings; they end with the test."""
    servers: list[Server] = []

    def start(settings: str = "", folder: Path = tmp_path) -> Server:
        server = Server(folder, settings)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """One with Loki's own defaults."""
    return serve()
