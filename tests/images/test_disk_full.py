"""A disk that is full is called full, before a build and in the middle of one."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.engine

Isolated = Callable[[str], "subprocess.CompletedProcess[str]"]

# An engine with 64 MB of room, and a stack whose image needs more.
SMALL = f"""
PATH={sys.exec_prefix}/bin:$PATH
mount -t tmpfs -o size=64m none /var/lib/docker
mkdir -p /etc/docker
mount -t tmpfs none /etc/docker
echo '{{"storage-driver": "vfs"}}' >/etc/docker/daemon.json
setup/engine 2>/dev/null
mkdir -p /run/stack/app
cd /run/stack
printf 'FROM scratch\\nCOPY big /big\\nCOPY big /big2\\n' >app/Dockerfile
head -c 40000000 /dev/zero >app/big
echo 'services: {{a: {{image: "batten-test/big:1", build: ./app}}}}' >compose.yml
"""


def test_a_start_is_refused_when_it_would_not_fit(isolated: Isolated) -> None:
    """How much there is, how much is needed; nothing was touched."""
    done = isolated(f"{SMALL}\nbatten up")
    assert done.returncode == 1
    assert "GiB free, the stack needs 2.0 GiB" in done.stderr
    assert "hint: free some room" in done.stderr


def test_a_disk_that_fills_up_during_a_build_is_told(isolated: Isolated) -> None:
    """Which image, why, what to do; nothing half-built stays under its name."""
    boundless = (
        "import batten.up.preflight as p; p.FREE_DISK = 0; import batten.cli.main as m; m.main()"
    )
    done = isolated(
        f"{SMALL}\ncode=0\npython -c '{boundless}' up || code=$?\n"
        "docker image inspect batten-test/big:1 >/dev/null 2>&1 && echo half-built\nexit $code"
    )
    assert done.returncode == 2
    assert "no room left" in done.stderr
    assert "hint: " in done.stderr
    assert "half-built" not in done.stdout
    assert "Traceback" not in done.stderr
