import json
import sys
from pathlib import Path

import pytest

from batten.driver import program


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newer image's program, and a supervisor that is not looked at for long."""
    found = tmp_path / "opt"
    (found / "batten").mkdir(parents=True)
    (found / "batten" / "new.py").touch()
    monkeypatch.setattr(program, "HOME", found)
    monkeypatch.setattr(program, "PATIENCE", 0.2)
    return found


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder in which the built-in program runs."""
    found = tmp_path / "state"
    program.say_running(found)
    return found


def test_one_that_does_not_start_is_put_back(home: Path, state: Path) -> None:
    """Lines are taken by the one before, and whoever upgrades is told."""
    assert home.exists()
    with pytest.raises(TimeoutError):
        program.replace(state, "newer")
    assert program.wanted(state) == program.BUILT_IN


def test_one_that_starts_stays_and_the_ones_before_go(
    home: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state folder does not grow with each upgrade."""
    assert home.exists()
    (state / "program" / "older").mkdir()
    told = {"name": "newer", "python": sys.implementation.cache_tag}
    monkeypatch.setattr(
        program, "_await", lambda *_: (state / "program" / "running").write_text(json.dumps(told))
    )
    for _ in range(2):
        program.replace(state, "newer")
    assert program.wanted(state) == "newer"
    assert (state / "program" / "newer" / "batten" / "new.py").exists()
    assert not (state / "program" / "older").exists()


def test_another_python_is_refused_before_anything_is_touched(home: Path, state: Path) -> None:
    """Compiled packages of one Python do not load into another."""
    assert home.exists()
    (state / "program" / "running").write_text('{"name": "built-in", "python": "cpython-39"}')
    with pytest.raises(program.OtherPython):
        program.replace(state, "newer")
    assert not (state / "program" / "newer").exists()


def test_a_program_that_has_vanished_is_not_wanted(state: Path) -> None:
    """The one that came with the plugin is always there."""
    (state / "program" / "current").write_text("vanished")
    assert program.wanted(state) == program.BUILT_IN


def test_a_program_knows_its_own_name() -> None:
    """By where it was loaded from."""
    assert program.running("/opt/batten") == program.BUILT_IN
    assert program.running("/state/program/abc") == "abc"
