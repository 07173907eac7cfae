import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batten.logs.install import TAG

if TYPE_CHECKING:
    from tests.driver.plugin.conftest import Plugin

pytestmark = pytest.mark.engine

Isolated = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def images(tiny_layer: bytes, plugin: "Plugin", tmp_path: Path) -> Path:
    """A folder with the driver's image and the files of a tiny one, which any engine takes."""
    del plugin  # its image is built where it is installed
    (tmp_path / "tiny.tar").write_bytes(tiny_layer)
    subprocess.run(["docker", "save", "--output", tmp_path / "driver.tar", TAG], check=True)
    return tmp_path


@pytest.mark.parametrize(("live_restore", "how"), [("live", "SIGKILL"), ("off", "SIGTERM")])
def test_an_engine_that_restarts_costs_no_line(
    isolated: Isolated, images: Path, live_restore: str, how: str
) -> None:
    """The driver is back with it, before any container, and goes on where it was."""
    done = isolated(f"""
        ip link set lo up
        mount -t tmpfs none /etc/docker
        {sys.executable} tests/driver/plugin/restart.py {images} {live_restore} {how}
    """)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["arrived"] == list(range(len(told["arrived"])))
    assert len(told["arrived"]) >= told["written"]
