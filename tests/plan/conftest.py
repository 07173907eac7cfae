"""Stacks from text, read by the real Compose."""

from collections.abc import Callable
from pathlib import Path

import pytest

from batten.check import Stack
from batten.compose import Project
from batten.plan import read

MakeStack = Callable[..., Stack]


@pytest.fixture
def stack(tmp_path: Path) -> MakeStack:
    """Make a stack of one text, with variables from a `.env` where one is given."""

    def make(text: str, env: str = "") -> Stack:
        (tmp_path / "compose.yml").write_text(text, encoding="utf-8")
        (tmp_path / ".env").write_text(env, encoding="utf-8")
        return read(Project.find(folder=tmp_path, environ={}))

    return make
