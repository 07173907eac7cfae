"""What a person sees who types something, right or wrong."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Batten = Callable[..., subprocess.CompletedProcess[str]]


def test_help_lists_every_command(batten: Batten) -> None:
    """And says what the exit codes mean."""
    done = batten("--help")
    assert done.returncode == 0
    assert all(f"\n  {verb} " in done.stdout for verb in ("up", "down", "status", "logs"))
    assert "Exit codes" in done.stdout


@pytest.mark.parametrize("verb", ["up", "down", "status", "logs"])
def test_without_an_engine_the_way_out_is_said(batten: Batten, tmp_path: Path, verb: str) -> None:
    """Exit 2, one error, one hint, no traceback."""
    (tmp_path / "compose.yml").write_text("services: {a: {image: x}}\n")
    done = batten(verb)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert "no.sock" in done.stderr
    assert "\nhint: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["up", "-f", "no.yml"], "no.yml: there is no such file"),
        (["up"], "there is no Compose file in"),
        (["up", "--images", "some"], "'some' is not one of"),
        (["up", "--timeout", "0"], "not in the range"),
        (["fly"], "No such command 'fly'"),
        (["status", "--wrong"], "No such option"),
    ],
)
def test_wrong_words_are_told(batten: Batten, words: list[str], said: str) -> None:
    """Exit 2, and what was wrong."""
    done = batten(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_failure_of_batten_itself_is_no_traceback(tmp_path: Path) -> None:
    """It says that it is not the user's fault, and how to report it."""
    broken = "import batten.cli.main as m; m._Verbs.get_command = lambda *_: 1 / 0; m.main()"
    done = subprocess.run(
        [sys.executable, "-c", broken, "up"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Batten itself failed: ZeroDivisionError" in done.stderr
    assert "BATTEN_DEBUG=1" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_terminal_gets_its_message_too(batten: Batten) -> None:
    """Characters that its encoding lacks are replaced, not stumbled over."""
    done = batten("up", "-f", "nö.yml", PYTHONIOENCODING="ascii:strict")
    assert done.returncode == 2
    assert done.stderr.startswith("error: n?.yml: there is no such file")
