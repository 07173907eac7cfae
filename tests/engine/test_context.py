"""What of a folder goes into an image."""

import tarfile
from pathlib import Path

import pytest

from batten.engine.context import context_files, context_tar


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A context that was checked out under a strict umask."""
    for name, mode in (("Dockerfile", 0o600), ("run", 0o700), ("debug.log", 0o600)):
        (tmp_path / name).write_text(name)
        (tmp_path / name).chmod(mode)
    (tmp_path / ".dockerignore").write_text("# not these\n*.log\n")
    return tmp_path


def modes(folder: Path, *, public: bool) -> dict[str, int]:
    """The mode of each file in the tar."""
    names = context_files(folder, "Dockerfile")
    with (
        context_tar(folder, names, [], public=public) as spool,
        tarfile.open(fileobj=spool) as tar,
    ):
        assert {(0, 0, 0)} == {(one.uid, one.gid, one.mtime) for one in tar}
        return {one.name: one.mode for one in tar}


def test_somebodys_files_keep_their_modes(folder: Path) -> None:
    """A key that nobody else may read stays so in the image."""
    assert modes(folder, public=False) == {
        ".dockerignore": 0o644,
        "Dockerfile": 0o600,
        "run": 0o700,
    }


def test_our_own_files_can_be_read_and_run(folder: Path) -> None:
    """An entrypoint runs as another user than the one who checked it out."""
    assert modes(folder, public=True) == {".dockerignore": 0o644, "Dockerfile": 0o644, "run": 0o755}
