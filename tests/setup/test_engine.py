"""`setup/engine` starts a real engine, in namespaces of its own beside the one that runs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may start an engine"),
    pytest.mark.skipif(shutil.which("dockerd") is None, reason="dockerd is not installed here"),
]

# Own mounts, network and processes: when the shell ends, all it started is gone.
ISOLATED = ("unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child")


def run(folder: Path, script: str) -> "subprocess.CompletedProcess[str]":
    """Run a shell script on a machine whose /run, log and engine data are empty."""
    isolated = f"""
        mount -t tmpfs none /run
        mkdir -p /var/lib/docker && mount --bind {folder} /var/lib/docker
        mount -t tmpfs none /var/log
        ip link set lo up 2>/dev/null || true
        cd {ROOT}
        {script}
    """
    environ = {key: value for key, value in os.environ.items() if key != "DOCKER_HOST"}
    return subprocess.run(
        [*ISOLATED, "sh", "-euc", isolated],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the second engine keeps its data."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_it_starts_past_a_stale_pid_file(data: Path) -> None:
    """The number in it is another program's by now, for which dockerd alone gives up."""
    done = run(
        data,
        """
        echo 1 >/run/docker.pid
        setup/engine
        docker version --format 'engine {{.Server.Version}}'
        """,
    )
    assert done.returncode == 0, done.stderr
    assert "removing the stale /var/run/docker.pid" in done.stderr
    assert done.stdout.startswith("engine ")


def test_it_leaves_a_running_engine_alone(data: Path) -> None:
    """The second time it says nothing and starts nothing."""
    done = run(
        data,
        """
        setup/engine 2>/dev/null
        before=$(cat /run/docker.pid)
        setup/engine
        test "$before" = "$(cat /run/docker.pid)"
        """,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_engine_that_does_not_start_is_told(data: Path) -> None:
    """With the end of its log and where to read the rest."""
    done = run(
        data,
        """
        mkdir -p /etc/docker && mount -t tmpfs none /etc/docker
        echo 'not json' >/etc/docker/daemon.json
        sed 's/^WAIT=60/WAIT=3/; s|^cd .*||; s|^\\. \\./lib.sh|. setup/lib.sh|' setup/engine >/run/engine
        sh /run/engine
        """,
    )
    assert done.returncode == 2
    assert "error: the Docker engine does not start" in done.stderr
    assert "daemon.json" in done.stderr
    assert "hint: read /var/log/dockerd.log" in done.stderr


def test_somebody_elses_engine_is_not_started(data: Path) -> None:
    """With DOCKER_HOST the engine is elsewhere."""
    done = run(data, "DOCKER_HOST=tcp://elsewhere:2375 setup/engine; test ! -e /run/docker.pid")
    assert (done.returncode, done.stderr) == (0, "")
