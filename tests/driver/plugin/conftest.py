"""The driver as the engine runs it, under a name of its own, and a stand-in for Loki."""

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import docker
import pytest
from docker.types import LogConfig

from batten.engine import Engine
from batten.engine.plugin import Plugin as Found
from batten.logs import install as installing

RECORDER = Path(__file__).with_name("recorder.py")
NAME = "batten-test-loki"
# Off, so that it does not take the address of a driver that this machine may really use.
SETTINGS = {"METRICS_ADDRESS": "", "SPOOL_MIN_FREE_BYTES": "0"}


class Silent:
    """Progress that nobody watches."""

    @contextlib.contextmanager
    def step(self, _label: str) -> Iterator["Silent"]:
        """Show nothing."""
        yield self

    def tell(self, detail: str) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


class Recorder:
    """The stand-in, which can be away: its address stays the same."""

    def __init__(self, file: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.file = file
        self.process: subprocess.Popen[bytes] | None = None
        self._module = _load(RECORDER)

    @property
    def url(self) -> str:
        """For `loki-url`."""
        return f"http://127.0.0.1:{self.port}/loki/api/v1/push"

    def start(self) -> None:
        """Answer from now on."""
        words = [sys.executable, str(RECORDER), str(self.port), str(self.file)]
        self.process = subprocess.Popen(words)

    def stop(self) -> None:
        """Answer no more: connections are refused."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def lines(self, container: str) -> list[bytes]:
        """What a container of that name wrote, in the order in which it came."""
        wanted = f'container_name="{container}"'
        return [one.line for one in self._module.pushed(self.file) if wanted in one.labels]


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    """One that answers."""
    made = Recorder(tmp_path / "pushed")
    made.start()
    yield made
    made.stop()


class Plugin:
    """The installed driver."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        self.state = Path()
        self.progress = Silent()

    def install(self, settings: dict[str, str] | None = None) -> installing.Installed:
        """Install it, or install it again."""
        found = installing.install(self.engine, self.name, self.progress, settings=settings)
        self.state = Path(found.state)
        return found

    def uninstall(self) -> None:
        """Remove it and all that it has."""
        installing.uninstall(self.engine, self.name, self.progress, purge=True)

    def processes(self, module: str) -> list[int]:
        """The process ids of one of its modules, by the control group that the engine put it in."""
        return [pid for pid, words in _processes(self.found.id) if words.endswith(module.encode())]

    @property
    def found(self) -> Found:
        """As the engine has it."""
        found = self.engine.plugin(self.name)
        assert found
        return found

    def kill(self, *modules: str) -> None:
        """Kill processes, and no others; wait for them where they are about to start."""
        for module in modules:
            deadline = time.monotonic() + 10
            while not (found := self.processes(module)):
                assert time.monotonic() < deadline, f"no process runs `{module}`"
                time.sleep(0.02)
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    @property
    def spooled(self) -> int:
        """How many streams are in its spool."""
        return len(list((self.state / "streams").iterdir()))


def _processes(plugin: str) -> Iterator[tuple[int, bytes]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if plugin in (folder / "cgroup").read_text(encoding="utf-8"):
                    words = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
                    yield int(folder.name), words[2] if len(words) > 2 else b""


@pytest.fixture(scope="session")
def plugin(engine: Engine, sdk: docker.APIClient) -> Iterator[Plugin]:
    """The driver under the name of the tests, installed once."""
    made = Plugin(engine, NAME)
    try:
        made.install(SETTINGS)
        yield made
    finally:
        for container in sdk.containers(all=True, filters={"name": "batten-test-"}):
            with contextlib.suppress(docker.errors.NotFound):
                sdk.remove_container(container["Id"], force=True)
        if engine.plugin(NAME):
            made.uninstall()


@pytest.fixture
def log(
    sdk: docker.APIClient, tiny_image: str, plugin: Plugin, recorder: Recorder
) -> Iterator[Callable[..., str]]:
    """Start a container that logs through it: `log("name", "echo hello", spool_full="block")`.

    They are removed when the test is over, those that the test has not removed itself.
    """
    started: list[str] = []

    def run(
        name: str,
        command: str,
        *,
        binds: list[str] | None = None,
        driver: str = plugin.name,
        **options: str,
    ) -> str:
        given = {key.replace("_", "-"): value for key, value in options.items()}
        config = LogConfig(type=driver, config={"loki-url": recorder.url} | given)
        host = sdk.create_host_config(log_config=config, binds=binds or [])
        words = ["sh", "-c", command]
        label = {"dev.batten.test": "1"}
        made = sdk.create_container(tiny_image, words, name=name, labels=label, host_config=host)
        started.append(made["Id"])
        sdk.start(made["Id"])
        return started[-1]

    yield run
    for container in started:
        with contextlib.suppress(docker.errors.NotFound):
            sdk.remove_container(container, force=True)


@pytest.fixture
def numbered(tmp_path: Path) -> Callable[[int], str]:
    """A file of so many numbered lines of 120 bytes, as a bind at `/lines`."""

    def make(count: int) -> str:
        file = tmp_path / "lines"
        with file.open("wb") as lines:
            lines.writelines(b"%09d %s\n" % (n, b"x" * 109) for n in range(count))
        return f"{file}:/lines:ro"

    return make


@pytest.fixture
def soon() -> Callable[[Callable[[], Any]], None]:
    """Wait until something is so; fail after 60 s, for other tests may run beside."""

    def wait(ask: Callable[[], Any]) -> None:
        deadline = time.monotonic() + 60
        while not ask():
            assert time.monotonic() < deadline, "still not so after 60 s"
            time.sleep(0.2)

    return wait
