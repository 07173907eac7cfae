"""`setup/engine` starts a real engine, in namespaces of its own beside the one that runs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.engine

Isolated = Callable[[str], "subprocess.CompletedProcess[str]"]


def test_it_starts_past_a_stale_pid_file(isolated: Isolated) -> None:
    """The number in it is another program's by now, for which dockerd alone gives up."""
    done = isolated(
        """
        echo 1 >/run/docker.pid
        setup/engine
        docker version --format 'engine {{.Server.Version}}'
        """,
    )
    assert done.returncode == 0, done.stderr
    assert "removing the stale /var/run/docker.pid" in done.stderr
    assert done.stdout.startswith("engine ")


def test_it_leaves_a_running_engine_alone(isolated: Isolated) -> None:
    """The second time it says nothing and starts nothing."""
    done = isolated(
        """
        setup/engine 2>/dev/null
        before=$(cat /run/docker.pid)
        setup/engine
        test "$before" = "$(cat /run/docker.pid)"
        """,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_engine_that_does_not_start_is_told(isolated: Isolated) -> None:
    """With the end of its log and where to read the rest."""
    done = isolated(
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


def test_somebody_elses_engine_is_not_started(isolated: Isolated) -> None:
    """With DOCKER_HOST the engine is elsewhere."""
    done = isolated("DOCKER_HOST=tcp://elsewhere:2375 setup/engine; test ! -e /run/docker.pid")
    assert (done.returncode, done.stderr) == (0, "")
