"""An image is rebuilt when what it is made of changes, and only then."""

import shutil
from pathlib import Path

import pytest

from batten.errors import ImageError
from batten.images import recipe
from batten.images.recipe import Recipe, _content, digests, recipes
from batten.model import Build, Service, Stack

DOCKER = Path(__file__).parents[2] / "docker"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Images `base`, `python` on it, and `app` on that."""
    for name in ("base", "python", "app"):
        (tmp_path / name).mkdir()
    (tmp_path / "base" / "build").write_text("#!/bin/sh\n")
    (tmp_path / "python" / "Dockerfile").write_text("FROM batten/base:12\n")
    (tmp_path / "app" / "Dockerfile").write_text(
        "ARG PYTHON=python:3.11\nFROM ${PYTHON} AS run\nCOPY app.py requirements.txt wheel[s] /\n"
    )
    (tmp_path / "app" / "app.py").write_text("print()\n")
    return tmp_path


def stack(folder: Path, **args: str) -> Stack:
    """A stack whose one service is built from `app`."""
    service = Service("app", image="app:1", build=Build(folder / "app", args=dict(args)))
    return Stack("demo", {"app": service})


def test_parents_come_first(folder: Path) -> None:
    """Batten's own parents are found through arguments, and each is there once."""
    found = recipes(stack(folder, PYTHON="batten/python:3.11"))
    assert list(found) == ["batten/base:12", "batten/python:3.11", "app:1"]
    assert found["batten/base:12"].is_base


def test_a_foreign_parent_is_the_registrys_business(folder: Path) -> None:
    """Only images of Batten's own name are built from the folders beside."""
    assert list(recipes(stack(folder))) == ["app:1"]


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        ("base/build", {"batten/base:12", "batten/python:3.11", "app:1"}),
        ("python/Dockerfile", {"batten/python:3.11", "app:1"}),
        ("app/app.py", {"app:1"}),
        ("app/new.py", {"app:1"}),
        ("app/wheels/x.whl", set[str]()),
    ],
)
def test_a_change_makes_stale_what_stands_on_it(folder: Path, change: str, stale: set[str]) -> None:
    """Content counts, fetched wheels do not: their list is an input already."""
    (folder / "app" / "requirements.txt").write_text("x==1 --hash=sha256:0\n")
    found = recipes(stack(folder, PYTHON="batten/python:3.11"))
    before = digests(found)
    target = folder / change
    target.parent.mkdir(exist_ok=True)
    target.write_text((target.read_text() if target.exists() else "") + "# changed\n")
    after = digests(found)
    assert {tag for tag in found if before[tag] != after[tag]} == stale


def test_an_argument_is_an_input(folder: Path) -> None:
    """The same folder with another argument is another image."""
    one, two = (Recipe("a", folder / "app", args={"X": x}).digest([]) for x in "12")
    assert one != two


def test_what_is_ignored_is_no_input(folder: Path) -> None:
    """`.dockerignore` keeps a file out of the image, so also out of its digest."""
    (folder / "app" / ".dockerignore").write_text("*.log\n")
    one = Recipe("a", folder / "app")
    before = one.digest([])
    (folder / "app" / "debug.log").write_text("x")
    assert one.digest([]) == before


def test_a_missing_dockerfile_is_named(folder: Path) -> None:
    """The error has the file that is not there."""
    with pytest.raises(ImageError) as caught:
        _ = Recipe("a:1", folder).parents
    assert caught.value.at
    assert caught.value.at.file == folder / "Dockerfile"


def elsewhere(folder: Path, dockerfile: str) -> list[str]:
    """The tags of what is built for an image in a folder of its own."""
    (folder / "elsewhere" / "app").mkdir(parents=True)
    (folder / "elsewhere" / "app" / "Dockerfile").write_text(dockerfile)
    service = Service("app", image="app:1", build=Build(folder / "elsewhere" / "app"))
    return list(recipes(Stack("demo", {"app": service})))


def test_a_parent_without_a_folder_is_an_image_like_any_other(folder: Path) -> None:
    """Somebody may have named one so."""
    assert ["app:1"] == elsewhere(folder, "FROM batten/nothing:1\n")


def test_battens_own_parents_are_found_from_anywhere(folder: Path) -> None:
    """Base and Python come with Batten, so that what stands on them may lie where it likes."""
    assert ["batten/base:12", "batten/python:3.11", "app:1"] == elsewhere(
        folder, "FROM batten/python:3.11\n"
    )


def test_an_installed_batten_brings_its_parents_along(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They lie in the package there, and are the same files."""
    package = tmp_path / "parents"
    shutil.copytree(DOCKER / "images" / "base", package / "base")
    monkeypatch.setattr(recipe, "_PARENTS", (package, tmp_path / "no-checkout"))
    assert ["batten/base:12", "app:1"] == elsewhere(folder, "FROM batten/base:12\n")


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    """Before the engine trips over it."""
    (folder / "app" / "pipe").symlink_to(folder / "app" / "pipe")
    assert Recipe("a", folder / "app").digest([])
    (folder / "app" / "gone").mkdir()
    with pytest.raises(ImageError, match="cannot be read") as caught:
        _content(folder / "app" / "gone")
    assert caught.value.at
