"""`batten` as somebody types it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BATTEN = Path(sys.executable).with_name("batten")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Batten keeps what it caches; nothing of it lies in a test's folder."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def batten(tmp_path: Path, home: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run it as a new user would, in the test's folder.

    Without an engine, unless `DOCKER_HOST` among the variables names one.
    """
    usual = {"DOCKER_HOST": f"unix://{tmp_path}/no.sock", "HOME": str(home)}

    def run(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [BATTEN, *words],
            cwd=tmp_path,
            env=os.environ | usual | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run
