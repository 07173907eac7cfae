"""The stack a person names is the stack that is taken."""

from pathlib import Path

import pytest

from batten.compose import Project
from batten.errors import InputError


def make(folder: Path, *names: str) -> None:
    """Write Compose files that say little."""
    for name in names:
        (folder / name).write_text("services: {a: {image: x}}\n")


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        (["docker-compose.yml"], ["docker-compose.yml"]),
        (["compose.yaml", "docker-compose.yml"], ["compose.yaml"]),
        (["compose.yml", "compose.override.yml"], ["compose.yml", "compose.override.yml"]),
        (["docker-compose.yml", "compose.prod.yaml"], ["docker-compose.yml", "compose.prod.yaml"]),
        (
            ["compose.yml", "compose.override.yml", "compose.prod.yaml"],
            ["compose.yml", "compose.prod.yaml"],
        ),
    ],
)
def test_without_a_file_the_folder_decides(
    tmp_path: Path, there: list[str], taken: list[str]
) -> None:
    """The base as Compose finds it, and the production overlay rather than the development one."""
    make(tmp_path, *there)
    found = Project.find(folder=tmp_path, environ={})
    assert [file.name for file in found.files] == taken


def test_a_folder_below_the_stack_will_do(tmp_path: Path) -> None:
    """As with Compose, the files may be in a folder further up."""
    make(tmp_path, "compose.yml")
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert Project.find(folder=tmp_path / "a" / "b", environ={}).folder == tmp_path


def test_compose_file_names_the_files(tmp_path: Path) -> None:
    """`COMPOSE_FILE` counts, from the environment and from `.env`."""
    make(tmp_path, "compose.yml", "one.yml", "two.yml")
    given = Project.find(folder=tmp_path, environ={"COMPOSE_FILE": "one.yml:two.yml"})
    (tmp_path / ".env").write_text("COMPOSE_FILE=two.yml\n")
    written = Project.find(folder=tmp_path, environ={})
    assert [file.name for file in given.files] == ["one.yml", "two.yml"]
    assert [file.name for file in written.files] == ["two.yml"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error says which file, and what to do."""
    with pytest.raises(InputError, match="no such file") as caught:
        Project.find([tmp_path / "no.yml"])
    assert caught.value.at
    assert caught.value.at.file == tmp_path / "no.yml"
    assert caught.value.hint


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    """No files, no stack."""
    with pytest.raises(InputError, match="no Compose file"):
        Project.find(folder=tmp_path, environ={})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("compose.prod.yaml", True),
        ("docker-compose.prod.yml", True),
        ("compose.yml", False),
        ("products.yml", False),
    ],
)
def test_production_is_said_by_the_name(tmp_path: Path, name: str, *, expected: bool) -> None:
    """`prod` between dots, not anywhere."""
    make(tmp_path, name)
    assert Project.find([tmp_path / name]).is_production is expected
