"""What pre-commit and GitHub start is what a person would type."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from batten.compose.files import BASE_NAMES, OVERRIDE_NAMES, PRODUCTION_NAMES

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
GOOD = "services: {web: {image: 'example/web:1'}}\n"
BAD = "services: {web: {image: 'example/web:1', privileged: true}}\n"
MORE = "--rule privileged-container"


def run(words: list[str], folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """In a folder, with the `batten` of this environment."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        words,
        cwd=folder,
        env=os.environ | {"PATH": path} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def hook() -> dict[str, Any]:
    """The one that is offered."""
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (BAD, 1), ("services: 3", 2)])
def test_the_hooks_entry_works(tmp_path: Path, text: str, code: int) -> None:
    """pre-commit runs it from the root of the repository, without file names."""
    (tmp_path / "docker-compose.yml").write_text(text)
    assert hook()["pass_filenames"] is False
    done = run([*shlex.split(hook()["entry"]), *MORE.split()], tmp_path)
    assert code == done.returncode, done.stderr


def test_the_hook_brings_the_compose_of_the_extra() -> None:
    """The same version as `batten[compose]`."""
    extra = (ROOT / "pyproject.toml").read_text("utf-8")
    assert all(f'"{one}"' in extra for one in hook()["additional_dependencies"])


@pytest.mark.parametrize("name", [*BASE_NAMES, *OVERRIDE_NAMES, *PRODUCTION_NAMES])
def test_the_hook_minds_every_compose_file(name: str) -> None:
    """In every folder; other YAML is none of its business."""
    pattern = hook()["files"]
    assert re.search(pattern, name)
    assert re.search(pattern, f"deploy/{name}")
    assert not re.search(pattern, f"{name}/values.yaml")
    assert not re.search(pattern, f"my{name}")


@pytest.mark.parametrize(
    ("files", "fail_on", "code"),
    [("", "warning", 1), ("good.yml", "warning", 0), ("good.yml\n bad.yml \n", "error", 1)],
)
def test_the_action_marks_the_lines(tmp_path: Path, files: str, fail_on: str, code: int) -> None:
    """Its own script, on the Batten that its first step would have installed."""
    for name, text in (("compose.yaml", BAD), ("good.yml", GOOD), ("bad.yml", BAD)):
        (tmp_path / name).write_text(text)
    (tmp_path / "batten").symlink_to(BIN.parent)
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    script = action["runs"]["steps"][-1]
    given = {"FILES": files, "FAIL_ON": fail_on, "ARGUMENTS": MORE, "RUNNER_TEMP": str(tmp_path)}
    assert set(script["env"]) <= set(given)
    done = run(["bash", "-euo", "pipefail", "-c", script["run"]], tmp_path, **given)
    assert code == done.returncode, done.stderr
    marked = "bad.yml" if files else "compose.yaml"
    assert (code == 1) == (
        f"::error title=privileged-container,file={marked},line=1" in done.stdout
    )
