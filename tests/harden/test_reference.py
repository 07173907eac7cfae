"""The reference overlay and its configuration are what `harden` writes."""

import shutil
from pathlib import Path

from batten.compose import Project
from batten.harden import Plan, harden

DOCKER = Path(__file__).parents[2] / "docker"


def test_the_reference_overlay_is_what_harden_writes(tmp_path: Path) -> None:
    """Byte for byte, from nothing, with every file beside it."""
    for name in ("docker-compose.yml", "config/caddy", "images/backend"):
        source = DOCKER / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    project = Project.find([tmp_path / "docker-compose.yml"], env_files=[Path("/dev/null")])
    done = harden(Plan(project, tmp_path / "compose.prod.yaml", observability=True))
    assert ((), ()) == (done.kept, done.errors)
    for file in done.files:
        place = DOCKER / file.path.relative_to(tmp_path)
        assert place.read_text(encoding="utf-8") == file.after, place


def test_it_is_up_to_date_where_it_is() -> None:
    """Nobody has edited it by hand."""
    project = Project.find([DOCKER / "docker-compose.yml"], env_files=[Path("/dev/null")])
    done = harden(Plan(project, DOCKER / "compose.prod.yaml"))
    assert (True, ()) == (done.is_current, done.kept)
