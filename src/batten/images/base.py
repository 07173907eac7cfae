"""The root file system that every image built here stands on."""

import shutil
import subprocess
import tempfile

from batten.engine import Engine
from batten.errors import DiskFull, ImageError
from batten.images.recipe import Recipe
from batten.model import Position
from batten.progress import Step

TOOL = "mmdebstrap"


def import_base(engine: Engine, recipe: Recipe, labels: dict[str, str], step: Step) -> None:
    """Make a Debian root file system and import it as an image; raise ImageError where it fails."""
    script = recipe.folder / "build"
    if shutil.which(TOOL) is None:
        raise ImageError(
            f"`{TOOL}` is missing, which makes the base of the images built here",
            at=Position(script),
            hint=f"`apt-get install {TOOL}`, or use upstream's images: `--images registry`",
        )
    step.tell("a Debian root file system")
    with tempfile.TemporaryFile() as tar, tempfile.TemporaryFile() as said:
        code = subprocess.run([str(script)], stdout=tar, stderr=said, check=False).returncode
        if code:
            said.seek(0)
            raise _error(recipe, said.read().decode(errors="replace"))
        tar.seek(0)
        step.tell("into the engine")
        engine.import_image(tar, recipe.tag, labels)


def _error(recipe: Recipe, said: str) -> Exception:
    lines = [line for line in said.splitlines() if line.startswith("E:")] or said.splitlines()
    reason = lines[-1] if lines else "it gave no reason"
    if "No space left on device" in said:
        return DiskFull(
            f"no space left while making `{recipe.tag}`", hint="free some room and run it again"
        )
    return ImageError(
        f"the base image `{recipe.tag}` cannot be made: {reason}",
        at=Position(recipe.folder / "build"),
        hint="check that this machine reaches a Debian mirror (`apt-get update`)",
    )
