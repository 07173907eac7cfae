"""What tests share: a real engine, a tiny image for it, and clean-up that also happens on failure."""

import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import docker
import pytest

from batten.engine import Engine
from batten.errors import EngineError

ROOT = Path(__file__).parents[1]
# Everything a test makes on the engine carries this, and is removed by it.
LABEL = {"dev.batten.test": "1"}
TINY = "batten-test/tiny:latest"
# Enough for a shell that waits, eats memory, and tells about it.
PROGRAMS = ("sh", "cat", "head", "sleep", "tail")

# The options that the SDK takes for the container itself; the others are of its host side.
_OF_CONTAINER = frozenset({"healthcheck", "name", "ports"})

T = TypeVar("T")

_NO_ENGINE = pytest.StashKey[str]()

# What a shell starts in the background ignores Ctrl-C, and so would every program under test.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Find out once, after deselection, whether the tests that want an engine can have one."""
    wanting = [item for item in items if item.get_closest_marker("engine")]
    reason = _missing_engine() if wanting else None
    if reason is None:
        return
    config.stash[_NO_ENGINE] = reason
    if not os.environ.get("BATTEN_REQUIRE_ENGINE"):
        for item in wanting:
            item.add_marker(pytest.mark.skip(reason=f"no engine: {reason}"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Where an engine is required, its absence is a failure."""
    reason = item.config.stash.get(_NO_ENGINE, None)
    if reason and item.get_closest_marker("engine"):
        pytest.fail(f"BATTEN_REQUIRE_ENGINE is set, but {reason}", pytrace=False)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say aloud what was not tested."""
    if reason := config.stash.get(_NO_ENGINE, None):
        terminalreporter.write_line(
            f"ENGINE TESTS SKIPPED: {reason}; run 'make test' as root on a machine that may have "
            "Docker",
            red=True,
            bold=True,
        )


def _missing_engine() -> str | None:
    try:
        Engine.connect().close()
    except EngineError as error:
        return error.message
    return None


@pytest.fixture(scope="session")
def engine(sdk: docker.APIClient) -> Iterator[Engine]:
    """The real engine; whatever carries the tests' label is removed when all is over."""
    with Engine.connect() as found:
        try:
            yield found
        finally:
            _remove_all(sdk)


@pytest.fixture(scope="session")
def sdk() -> Iterator[docker.APIClient]:
    """The SDK itself, for what Batten never does: making single containers."""
    client = docker.APIClient(version="auto")
    yield client
    client.close()


@pytest.fixture(scope="session")
def tiny_layer() -> bytes:
    """A root file system of a few of this machine's own programs, as a tar."""
    return tiny_tar().getvalue()


@pytest.fixture(scope="session")
def tiny_image(engine: Engine) -> str:
    """An image of a few of this machine's own programs: no network, no package, 4 MB."""
    return engine.import_image(tiny_tar(), TINY, LABEL).tags[0]


@pytest.fixture
def start(sdk: docker.APIClient, tiny_image: str) -> Iterator[Callable[..., str]]:
    """Start containers of the tiny image: `start("sleep 9", labels={…}, mem_limit="64m")` → id.

    What follows the labels are the SDK's options, of the container or of its host side.
    They are removed when the test is over.
    """
    started: list[str] = []

    def run(
        command: str = "exec sleep 600",
        *,
        labels: dict[str, str] | None = None,
        **options: Any,  # noqa: ANN401  # the SDK's
    ) -> str:
        own = {name: options.pop(name) for name in _OF_CONTAINER & options.keys()}
        made = sdk.create_container(
            tiny_image,
            ["sh", "-c", command],
            labels=LABEL | (labels or {}),
            host_config=sdk.create_host_config(**options),
            **own,
        )
        started.append(made["Id"])
        sdk.start(made["Id"])
        return started[-1]

    yield run
    for container in started:
        sdk.remove_container(container, force=True, v=True)


@pytest.fixture
def eventually() -> Callable[[Callable[[], T]], T]:
    """Ask again until the answer is true; fail after 15 s."""

    def wait(ask: Callable[[], T]) -> T:
        deadline = time.monotonic() + 15
        while not (answer := ask()):
            if time.monotonic() > deadline:
                pytest.fail(f"still {answer!r} after 15 s")
            time.sleep(0.05)
        return answer

    return wait


# Own mounts, network and processes: when the shell ends, all that it started is gone.
ISOLATED = ("unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child")

Isolated = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def isolated(tmp_path: Path) -> Isolated:
    """Run a shell script from the project's folder, on a machine whose engine never ran.

    `/run`, the logs and the engine's data are empty; programs and everything else are shared. The
    data lies in `$DATA`.
    """
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("only root may start an engine of its own, and only where dockerd is installed")
    data = tmp_path / "engine"
    data.mkdir()

    def run(script: str) -> "subprocess.CompletedProcess[str]":
        machine = f"""
            mount -t tmpfs none /run
            mount -t tmpfs none /var/log
            mkdir -p /var/lib/docker
            mount --bind {data} /var/lib/docker
            DATA={data}
            cd {ROOT}
            {script}
        """
        return subprocess.run(
            [*ISOLATED, "sh", "-euc", machine],
            env={key: value for key, value in os.environ.items() if key != "DOCKER_HOST"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def tiny_tar() -> io.BytesIO:
    """A root file system with PROGRAMS and the libraries they load."""
    spool = io.BytesIO()
    with tarfile.open(fileobj=spool, mode="w") as tar:
        folder = tarfile.TarInfo("tmp")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o1777
        tar.addfile(folder)
        for inside, path in sorted(_tiny_files().items()):
            entry = tarfile.TarInfo(inside)
            entry.size, entry.mode = path.stat().st_size, 0o755
            with path.open("rb") as content:
                tar.addfile(entry, content)
    spool.seek(0)
    return spool


def _tiny_files() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for program in PROGRAMS:
        path = shutil.which(program)
        assert path, f"this machine has no `{program}`"
        found[f"bin/{program}"] = Path(path)
        libraries = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
        for library in re.findall(r"(?:^|\s)(/\S+)", libraries.stdout):
            found[library.lstrip("/")] = Path(library)
    return found


def _remove_all(sdk: docker.APIClient) -> None:
    """Remove what carries the label, and nothing else."""
    mine = {"label": [f"{name}={value}" for name, value in LABEL.items()]}
    for container in sdk.containers(all=True, filters=mine):
        with contextlib.suppress(docker.errors.NotFound):
            sdk.remove_container(container["Id"], force=True, v=True)
    for network in sdk.networks(filters=mine):
        sdk.remove_network(network["Id"])
    for volume in sdk.volumes(filters=mine).get("Volumes") or ():
        sdk.remove_volume(volume["Name"], force=True)
    images = sdk.images(all=True, filters=mine)
    # A child goes before its parent, and may take it along: again, as long as that gets further.
    while sum(_removed(sdk, image["Id"]) for image in images):
        images = sdk.images(all=True, filters=mine)


def _removed(sdk: docker.APIClient, image: str) -> bool:
    try:
        sdk.remove_image(image, force=True)
    except docker.errors.APIError:
        return False
    return True
