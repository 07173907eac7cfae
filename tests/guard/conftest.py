"""A guard at work on containers of the tiny image."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

RUN = "from batten.cli.entry import main; main()"
Start = Callable[..., str]
Eventually = Callable[[Callable[[], Any]], Any]


class Guard:
    """A process `batten guard` of one project, on a port of its own, with a state of its own."""

    def __init__(self, project: str, folder: Path) -> None:
        self.project = project
        self.folder = folder
        self.port = _free_port()
        self.process: subprocess.Popen[str] | None = None
        self.log = folder / "guard.log"

    def start(self) -> None:
        """Start it and wait until it sees the engine."""
        words = [sys.executable, "-c", RUN, "guard", "-p", self.project]
        words += ["--listen", f"127.0.0.1:{self.port}", "--state", str(self.folder)]
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, text=True)
        while self.get("/health") != "ok\n":
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, in order or not."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(15)

    def get(self, path: str) -> str | None:
        """A page of its own address; None where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as page:
                content: bytes = page.read()
                return content.decode()
        except (urllib.error.URLError, OSError):
            return None

    def of(self, service: str) -> dict[str, Any]:
        """What it knows of a service's first container; empty where it knows nothing."""
        found = json.loads(self.get("/status") or "{}").get("containers", [])
        return next((one for one in found if one["service"] == service), {})

    def count(self, metric: str, **labels: str) -> float:
        """The sum of a metric's samples with these labels."""
        wanted = [f'{name}="{value}"' for name, value in labels.items()]
        lines = (self.get("/metrics") or "").splitlines()
        samples = (line for line in lines if line.startswith(f"batten_guard_{metric}{{"))
        return sum(
            float(line.rsplit(" ", 1)[1]) for line in samples if all(w in line for w in wanted)
        )

    def says(self) -> str:
        """All it has said."""
        return self.log.read_text(encoding="utf-8")


@pytest.fixture
def project() -> str:
    """A name for the test's stack that nobody else has."""
    return f"batten-test-guard-{os.urandom(3).hex()}"


@pytest.fixture
def guard(project: str, tmp_path: Path) -> Iterator[Guard]:
    """A guard of the test's project, not started yet; ended with the test."""
    folder = tmp_path / "guard"
    folder.mkdir()
    found = Guard(project, folder)
    yield found
    found.stop()


@pytest.fixture
def service(start: Start, project: str) -> Start:
    """Start a container as Compose would: `service("web", "exec sleep 60", restart="on-failure")`."""

    def run(name: str, command: str = "exec sleep 600", **options: Any) -> str:  # noqa: ANN401
        labels = {
            "com.docker.compose.project": project,
            "com.docker.compose.service": name,
            "com.docker.compose.container-number": "1",
            "com.docker.compose.oneoff": "False",
            "com.docker.compose.depends_on": options.pop("depends_on", ""),
        }
        for key in ("restart", "unhealthy"):
            if value := options.pop(key, None):
                labels[f"dev.batten.{key}"] = value
        policy = {"Name": options.pop("engine", "no")}
        if attempts := options.pop("attempts", 0):
            policy["MaximumRetryCount"] = attempts
        return start(command, labels=labels, restart_policy=policy, **options)

    return run


@pytest.fixture
def crash(sdk: docker.APIClient) -> Callable[..., None]:
    """Kill a container's process past the engine, which then sees a crash."""

    def kill(container: str, how: signal.Signals = signal.SIGKILL) -> None:
        os.kill(sdk.inspect_container(container)["State"]["Pid"], how)

    return kill


@pytest.fixture
def state(sdk: docker.APIClient) -> Callable[[str], dict[str, Any]]:
    """What the engine says of a container's state."""

    def ask(container: str) -> dict[str, Any]:
        found: dict[str, Any] = sdk.inspect_container(container)["State"]
        return found

    return ask


@pytest.fixture
def starts(sdk: docker.APIClient) -> Callable[[str], list[float]]:
    """When a container was started since the test began, in seconds, as the engine tells."""
    since = int(time.time())

    def ask(container: str) -> list[float]:
        only = {"container": container, "event": "start"}
        found = sdk.events(since=since, until=int(time.time()) + 1, decode=True, filters=only)
        return [event["timeNano"] / 1e9 for event in found]

    return ask


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
