"""Compose is started before click has read the command line, on the same words."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batten.check import check
from batten.cli import ahead
from batten.compose import Project, process


@pytest.fixture(autouse=True)
def _end_ahead() -> Iterator[None]:
    yield
    process.end_ahead()


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ([], {}),
        (["-f", "a.yml", "--file=b.yml"], {"files": ["a.yml", "b.yml"]}),
        (["-fa.yml", "--format", "json"], {"files": ["a.yml"]}),
        (["--host", "2cpu,4g", "-p", "x", "-p", "demo"], {"name": "demo"}),
        (["--profile", "a", "--profile=b"], {"profiles": ["a", "b"]}),
        (["--env-file", "e.env"], {"env_files": ["e.env"]}),
    ],
)
def test_what_was_started_is_what_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], options: dict[str, Any]
) -> None:
    """The process that was started ahead is taken, and none is left over."""
    for name in ("a.yml", "b.yml", "compose.yml"):
        (tmp_path / name).write_text("services: {web: {image: x}}")
    (tmp_path / "e.env").touch()
    monkeypatch.chdir(tmp_path)
    assert ahead.start(["check", *words])
    assert 1 == len(process._ahead)
    named: dict[str, Any] = {
        key: [Path(one) for one in value] if key in {"files", "env_files"} else value
        for key, value in options.items()
    }
    assert 1 == check(Project.find(**named)).services
    assert {} == process._ahead


@pytest.mark.parametrize(
    "words", [["up"], [], ["check", "--list"], ["check", "--explain", "x"], ["check", "--help"]]
)
def test_nothing_is_started_for_nothing(words: list[str]) -> None:
    """Only a check of a stack begins with Compose."""
    assert not ahead.start(words)
    assert {} == process._ahead


def test_a_wrong_guess_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process stays behind."""
    (tmp_path / "compose.yml").write_text("services: {web: {image: x}}")
    monkeypatch.chdir(tmp_path)
    ahead.start(["check", "--no-such-option"])
    (started,) = process._ahead.values()
    process.end_ahead()
    assert started.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.kill(started.pid, 0)


def test_what_goes_wrong_ahead_is_told_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a file, or with a broken one, it is click and Compose who say so."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("batten.compose.files._in_folder", lambda _: ())
    assert ahead.start(["check"])
    assert {} == process._ahead
    assert ahead.start(["check", "-f", "missing/compose.yml"])
