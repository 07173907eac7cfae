"""`batten harden` as it is typed."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Batten = Callable[..., subprocess.CompletedProcess[str]]
BASE = "services:\n  db: {image: 'postgres:17'}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a base, and an override that is for development."""
    (tmp_path / "compose.yaml").write_text(BASE)
    (tmp_path / "compose.override.yaml").write_text("services: {tool: {image: 'example/tool:1'}}\n")
    return tmp_path


def test_it_writes_beside_the_base_and_says_so(batten: Batten, folder: Path) -> None:
    """On standard error; the base and the override stay as they are, and the override is left out."""
    done = batten("harden")
    assert (0, "") == (done.returncode, done.stdout)
    assert "wrote `compose.prod.yaml`" in done.stderr
    assert "volume `db_data`" in done.stderr
    assert BASE == (folder / "compose.yaml").read_text()
    assert "tool" not in (folder / "compose.prod.yaml").read_text()
    assert {"compose.yaml", "compose.override.yaml", "compose.prod.yaml"} == {
        one.name for one in folder.iterdir()
    }


def test_check_only_says(batten: Batten, folder: Path) -> None:
    """1 where something would change, 0 where not; nothing is written."""
    assert 1 == batten("harden", "--check").returncode
    assert not (folder / "compose.prod.yaml").exists()
    batten("harden")
    done = batten("harden", "--check")
    assert (0, "") == (done.returncode, done.stdout)
    assert "up to date" in done.stderr


def test_diff_shows(batten: Batten, folder: Path) -> None:
    """As a unified diff on standard output, and writes nothing."""
    batten("harden")
    before = (folder / "compose.prod.yaml").read_text()
    (folder / "compose.yaml").write_text(BASE + "  cache: {image: 'redis:7'}\n")
    done = batten("harden", "--diff")
    assert 1 == done.returncode
    assert "+  cache:\n" in done.stdout
    assert before == (folder / "compose.prod.yaml").read_text()


def test_another_place(batten: Batten, folder: Path) -> None:
    """`--output` names it."""
    assert 0 == batten("harden", "-f", "compose.yaml", "-o", "hard.yaml").returncode
    assert (folder / "hard.yaml").is_file()


@pytest.mark.parametrize(
    ("base", "code"),
    [("services: [", 2), ("services: {a: {image: '${NOBODY_SET_THIS}'}}", 2), ("", 2)],
)
def test_what_cannot_be_read_is_2(batten: Batten, folder: Path, base: str, code: int) -> None:
    """Without a traceback, and nothing is written."""
    (folder / "compose.yaml").write_text(base)
    done = batten("harden")
    assert code == done.returncode
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert not (folder / "compose.prod.yaml").exists()
