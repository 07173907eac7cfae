"""Stacks from text, hardened."""

from collections.abc import Callable
from pathlib import Path

import pytest

from batten import compose
from batten.compose import Project
from batten.harden import Hardened, Plan, harden
from batten.model import Stack

Write = Callable[..., Hardened]


class Folder:
    """A folder with a base, which `harden` is run on again and again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.base = path / "compose.yaml"
        self.overlay = path / "compose.prod.yaml"

    def harden(self, base: str = "", *, observability: bool | None = None) -> Hardened:
        """Write the base, where one is given, and then the overlay."""
        if base:
            self.base.write_text(base, encoding="utf-8")
        done = self.plan(observability=observability)
        for file in done.files:
            file.write()
        return done

    def plan(self, *, observability: bool | None = None) -> Hardened:
        """What would be written."""
        return harden(Plan(Project.find([self.base], name="demo"), self.overlay, observability))

    def merged(self) -> Stack:
        """Base and overlay as Compose sees them."""
        return compose.read(Project.find([self.base, self.overlay], name="demo", profiles=["*"]))

    def edit(self, old: str, new: str) -> None:
        """Change the overlay as a person would."""
        text = self.overlay.read_text(encoding="utf-8")
        assert old in text
        self.overlay.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty one."""
    return Folder(tmp_path)
