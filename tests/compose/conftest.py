"""Compose files in a folder of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from batten.compose import Project

Write = Callable[..., Project]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write files (`compose.yml="…"`) and return the project they make."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMPOSE_FILE", raising=False)

    def write(*texts: str) -> Project:
        names = [f"compose.{number}.yml" for number in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (tmp_path / name).write_text(text)
        return Project.find([Path(name) for name in names], name="demo")

    return write
