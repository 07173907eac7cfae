"""Stacks as people write them: hardened, they merge, and what is left is a person's to decide."""

import shutil
from pathlib import Path

import pytest

from batten import compose
from batten.compose import Project
from batten.harden import Plan, harden

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("docker-compose.yml", "docker-compose.yaml", "compose.yaml", "compose.yml")
OVERLAYS = ("docker-compose.production.yml",)
# No file that is laid on top can decide these.
YOURS = {"privileged-container", "withdrawn-image", "shared-data-volume"}


@pytest.mark.parametrize("observability", [True, False], ids=["watched", "plain"])
@pytest.mark.parametrize(
    "folder", sorted(one for one in EXAMPLES.glob("*") if one.is_dir()), ids=lambda one: one.name
)
def test_an_example_has_no_error_left(folder: Path, tmp_path: Path, *, observability: bool) -> None:
    """Each merges, is up to date at once, and no error of `check` is left that harden could mend."""
    here = tmp_path / folder.name
    shutil.copytree(folder, here)
    for written in ("compose.prod.yaml", "config"):
        shutil.rmtree(here / written, ignore_errors=True)
    (here / "compose.prod.yaml").unlink(missing_ok=True)
    base = next(here / name for name in NAMES if (here / name).is_file())
    files = [base, *(here / name for name in OVERLAYS if (here / name).is_file())]
    plan = Plan(Project.find(files), here / "compose.prod.yaml", observability)
    done = harden(plan)
    for file in done.files:
        file.write()
    assert set() == {found.rule for found in done.errors} - YOURS
    assert harden(plan).is_current
    assert compose.read(Project.find([*files, plan.output])).services
