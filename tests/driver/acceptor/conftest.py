"""An acceptor that really runs, and an engine's end of a FIFO."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from batten.driver.spool import Spool, Stream

URL = "http://loki:3100/loki/api/v1/push"


class Pipe:
    """What the engine makes for one start of a container: it reads and writes, so it never blocks."""

    def __init__(self, path: Path, container: str, options: dict[str, str]) -> None:
        os.mkfifo(path)
        self.path = str(path)
        self.writing = os.open(path, os.O_RDWR)
        self.info = {
            "ContainerID": container,
            "ContainerName": "/web",
            "Config": {"loki-url": URL} | options,
        }

    def write(self, data: bytes) -> None:
        """Write all of it; waits where the FIFO is full."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.writing, view) :]

    def close(self) -> None:
        """The engine lets go of it."""
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1


class Acceptor:
    """The acceptor's process, its socket and its spool."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state = str(folder / "state")
        self.spool = Spool(folder / "state")
        self._address = str(folder / "loki.sock")
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self._address)
        self._listening.listen(1024)
        self._environment = {"SPOOL_MIN_FREE_BYTES": "0"}
        self.process: subprocess.Popen[bytes] | None = None
        self.pipes: list[Pipe] = []

    def start(self, *before: str) -> None:
        """Start it, as the supervisor does; `before` are words that stand before its own."""
        own = {"STATE": self._state, "LISTENING": str(self._listening.fileno())}
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "batten.driver.acceptor"],
            env=os.environ | {"PYTHONPATH": "src"} | own | self._environment,
            pass_fds=[self._listening.fileno()],
        )

    def start_on_small_disk(self, size: int) -> None:
        """Start it with a state folder of so many bytes, which only it sees."""
        mount = f'mkdir -p {self._state} && mount -t tmpfs -o size={size} none {self._state} && exec "$@"'
        self.start("unshare", "--mount", "sh", "-c", mount, "sh")
        assert self.process
        assert self.ask("/Plugin.Activate")
        self.spool = Spool(Path(f"/proc/{self.process.pid}/root{self._state}"))

    def settled(self, container: str = "c0ffee") -> None:
        """Wait until something of a container has arrived."""
        deadline = time.monotonic() + 15
        while not self.content(container):
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def kill(self) -> None:
        """End it the hard way."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer to one question of the engine."""
        answer: dict[str, Any] = json.loads(self.raw(path, body))
        return answer

    def raw(self, path: str, body: dict[str, Any] | None = None) -> bytes:
        """The answer's bytes."""
        connection = http.client.HTTPConnection("plugin", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(30)
        connection.sock.connect(self._address)
        connection.request("POST", path, json.dumps(body or {}))
        return connection.getresponse().read()

    def begin(self, container: str = "c0ffee", **options: str) -> Pipe:
        """Have it log a container; underscores in options are hyphens."""
        given = {name.replace("_", "-"): value for name, value in options.items()}
        pipe = Pipe(self.folder / f"fifo-{container}-{len(self.pipes)}", container, given)
        self.pipes.append(pipe)
        assert self.ask_begin(pipe) == {"Err": ""}
        return pipe

    def ask_begin(self, pipe: Pipe) -> dict[str, Any]:
        """The answer to StartLogging."""
        return self.ask("/LogDriver.StartLogging", {"File": pipe.path, "Info": pipe.info})

    def end(self, pipe: Pipe) -> None:
        """Stop logging, and let go of the FIFO afterwards, as the engine does."""
        assert self.ask("/LogDriver.StopLogging", {"File": pipe.path}) == {"Err": ""}
        pipe.close()

    def stream(self, container: str = "c0ffee") -> Stream:
        """The newest stream of a container."""
        return self.spool.of(container)[-1]

    def content(self, container: str = "c0ffee") -> bytes:
        """All that the newest stream of a container holds."""
        return self.stream(container).read(0, 1 << 30)

    def logs(self, container: str = "c0ffee", **config: Any) -> bytes:  # noqa: ANN401  # JSON
        """What ReadLogs answers, whole frames."""
        asked = {"Tail": -1, "Since": "0001-01-01T00:00:00Z", "Until": "0001-01-01T00:00:00Z"}
        body = {"Info": {"ContainerID": container}, "Config": asked | config}
        return self.raw("/LogDriver.ReadLogs", body)


@pytest.fixture
def acceptor(tmp_path: Path) -> Iterator[Acceptor]:
    """One that runs, and is ended however the test ends."""
    made = Acceptor(tmp_path)
    made.start()
    yield made
    made.kill()
    for pipe in made.pipes:
        pipe.close()


@pytest.fixture
def soon() -> Callable[[Callable[[], bool]], None]:
    """Wait until something is so; fail after 15 s."""

    def wait(ask: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 15
        while not ask():
            assert time.monotonic() < deadline, "still not so after 15 s"
            time.sleep(0.02)

    return wait
