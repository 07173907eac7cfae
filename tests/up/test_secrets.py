"""Production does not start on passwords that everybody knows."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from batten.compose import Project
from batten.errors import Refusal
from batten.up import secrets

STACK = """
services:
  db:
    image: x
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-postgres}
      GF_PASSWORD: ${GRAFANA_ADMIN_PASSWORD:-admin}
      PORT: ${PORT:-5432}
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Project]:
    """A project of one file, under the name given."""

    def make(name: str) -> Project:
        (tmp_path / name).write_text(STACK)
        return Project.find([tmp_path / name], name="demo")

    return make


def names(project: Project) -> list[str]:
    """What is refused."""
    return [variable.name for variable in secrets.known_to_all(project)]


def test_defaults_are_refused_in_production_only(project: Callable[[str], Project]) -> None:
    """A developer's stack may run on them."""
    assert names(project("compose.yml")) == []
    assert names(project("compose.prod.yml")) == ["GRAFANA_ADMIN_PASSWORD", "POSTGRES_PASSWORD"]


@pytest.mark.parametrize(
    ("value", "refused"), [("postgres", True), ("changeme", True), ("Admin", True), ("a8f0", False)]
)
def test_a_known_value_is_refused_wherever_it_comes_from(
    project: Callable[[str], Project], tmp_path: Path, value: str, *, refused: bool
) -> None:
    """Setting the variable to its default, or to another well-known word, protects nothing."""
    (tmp_path / ".env").write_text(f"POSTGRES_PASSWORD={value}\nGRAFANA_ADMIN_PASSWORD=a8f1\n")
    assert names(project("compose.prod.yml")) == (["POSTGRES_PASSWORD"] if refused else [])


def test_random_ones_satisfy(project: Callable[[str], Project]) -> None:
    """What is written is private, different for each and enough to start."""
    stack = project("compose.prod.yml")
    file = secrets.write_env(stack, secrets.known_to_all(stack))
    values = [line.partition("=")[2] for line in file.read_text().splitlines()[1:]]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(set(values)) == 2
    assert all(len(value) == 48 for value in values)
    assert names(stack) == []
    assert [entry.name for entry in file.parent.iterdir() if "env" in entry.name] == [".env"]


def test_an_env_file_is_never_overwritten(project: Callable[[str], Project]) -> None:
    """What somebody wrote stays as it is, to the byte."""
    stack = project("compose.prod.yml")
    stack.env_file.write_text("MINE=1\n")
    with pytest.raises(Refusal, match="not overwritten"):
        secrets.write_env(stack, secrets.known_to_all(stack))
    assert stack.env_file.read_text() == "MINE=1\n"
    assert [entry.name for entry in stack.folder.iterdir() if "env" in entry.name] == [".env"]


def test_a_problem_never_shows_the_value(project: Callable[[str], Project]) -> None:
    """The variable and its place are named, what to do next too."""
    stack = project("compose.prod.yml")
    found = secrets.problems(stack, secrets.known_to_all(stack))
    assert "GRAFANA_ADMIN_PASSWORD" in found[0].message
    assert "--write-env" in found[0].hint
    assert str(found[0].at).endswith("compose.prod.yml:7:20")
    assert not any("postgres" in one.message.replace("POSTGRES", "") for one in found)
