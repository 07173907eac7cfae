"""Python packages for an image, fetched where the package index is known: on the host."""

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from batten.errors import ImageError
from batten.model import Position

# What Debian 12 carries, and what the recipes' images run.
PYTHON = "3.11"
# Older glibc tags first; pip takes whichever a package has.
_GLIBC = ("manylinux2014", "manylinux_2_17", "manylinux_2_28", "manylinux_2_31", "manylinux_2_34")


def wheels(requirements: Path, architecture: str) -> list[Path]:
    """The wheels that `requirements` (hashed) names, from the cache or the index.

    Raise ImageError where one cannot be had.
    """
    key = hashlib.sha256(requirements.read_bytes() + architecture.encode()).hexdigest()[:16]
    folder = _cache() / key
    if not folder.is_dir():
        _download(requirements, architecture, folder)
    return sorted(folder.glob("*.whl"))


def _download(requirements: Path, architecture: str, folder: Path) -> None:
    """Fetch into a draft that is renamed when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
        done = subprocess.run(
            _command(requirements, architecture, Path(draft) / "wheels"),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise _error(requirements, done.stderr)
        (Path(draft) / "wheels").rename(folder)


def _command(requirements: Path, architecture: str, folder: Path) -> list[str]:
    if importlib.util.find_spec("pip") is None:
        raise ImageError(
            "the Python that runs Batten has no `pip`, which fetches the packages of an image",
            hint=f"`{sys.executable} -m ensurepip`",
        )
    platforms = [f"--platform={glibc}_{architecture}" for glibc in _GLIBC]
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--require-hashes", "--only-binary=:all:", f"--python-version={PYTHON}", *platforms),
        *(f"--requirement={requirements}", f"--dest={folder}"),
    ]


def _error(requirements: Path, stderr: str) -> ImageError:
    reasons = [line for line in stderr.splitlines() if line.startswith("ERROR:")]
    reason = (reasons or stderr.strip().splitlines() or ["pip gave no reason"])[-1]
    return ImageError(
        f"packages of an image cannot be fetched: {reason.removeprefix('ERROR: ')}",
        at=Position(requirements),
        hint="check that this machine reaches its Python package index (`pip config list`)",
    )


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "batten" / "wheels"
