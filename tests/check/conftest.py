"""Stacks from text, read by the real Compose."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from batten import compose
from batten.check import Stack
from batten.compose import Project, Sources
from batten.model import Host

MakeStack = Callable[..., Stack]


def read(folder: Path, files: Sequence[str], host: Host | None = None) -> Stack:
    """Base and overlays as a stack; they are written to `0.yml`, `1.yml` and so on."""
    paths = [folder / f"{number}.yml" for number in range(len(files))]
    for path, text in zip(paths, files, strict=True):
        path.write_text(text, encoding="utf-8")
    project = Project.find(paths, name="demo")
    return Stack(compose.read(project), Sources(project.files), host)


@pytest.fixture
def stack(tmp_path: Path) -> MakeStack:
    """Make a stack of texts: `stack(base, overlay, host=None)`."""

    def make(*files: str, host: Host | None = None) -> Stack:
        return read(tmp_path, files, host)

    return make
