"""What happens to tests that want an engine where there is none."""

import os
import subprocess
import sys
from pathlib import Path

ONE = "tests/engine/test_containers.py::test_host"
ROOT = Path(__file__).parents[2]


def _pytest(**environment: str) -> subprocess.CompletedProcess[str]:
    nowhere = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", ONE],
        cwd=ROOT,
        env=os.environ | nowhere | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_skipped_aloud() -> None:
    """They are skipped, and one line says so and what to do."""
    ran = _pytest(BATTEN_REQUIRE_ENGINE="")
    assert 0 == ran.returncode, ran.stdout
    loud = [line for line in ran.stdout.splitlines() if "ENGINE TESTS SKIPPED" in line]
    assert 1 == len(loud)
    assert "`/nowhere/docker.sock`" in loud[0]
    assert "run 'make test' as root" in loud[0]


def test_required() -> None:
    """Where an engine is required they fail, so that a green run means that they ran."""
    ran = _pytest(BATTEN_REQUIRE_ENGINE="1")
    assert 1 == ran.returncode, ran.stdout
    assert "BATTEN_REQUIRE_ENGINE is set, but no Docker engine" in ran.stdout
