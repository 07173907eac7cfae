"""Which files a stack is made of where nobody names them.

This runs before pathlib is imported (see process.py), so its paths are strings.
"""

import os
from collections.abc import Iterator, Mapping, Sequence

# In the order in which Compose looks for them.
BASE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDE_NAMES = tuple(name.replace("compose.", "compose.override.") for name in BASE_NAMES)
PRODUCTION_NAMES = (
    "compose.prod.yaml",
    "compose.prod.yml",
    "docker-compose.prod.yml",
    "docker-compose.prod.yaml",
)


def files(folder: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Those that `COMPOSE_FILE` names, else those that are there; none where there is none."""
    listed = environ.get("COMPOSE_FILE") or _from_env_file(folder)
    separator = environ.get("COMPOSE_PATH_SEPARATOR", os.pathsep)
    return tuple(file for file in listed.split(separator) if file) or _in_folder(folder)


def _from_env_file(folder: str) -> str:
    """`COMPOSE_FILE` may stand in `.env`; the rest of that file is Compose's to read."""
    try:
        with open(os.path.join(folder, ".env"), encoding="utf-8", errors="replace") as stream:
            listed = [line.partition("=")[2] for line in stream if line.startswith("COMPOSE_FILE=")]
    except OSError:
        return ""
    return listed[-1].strip().strip("\"'") if listed else ""


def _in_folder(folder: str) -> tuple[str, ...]:
    """Base and production overlay; without the latter, base and override as Compose does."""
    for here in _upwards(folder):
        base = _first(here, BASE_NAMES)
        if base:
            overlay = _first(here, PRODUCTION_NAMES) or _first(here, OVERRIDE_NAMES)
            return (base, overlay) if overlay else (base,)
    return ()


def _upwards(folder: str) -> Iterator[str]:
    yield folder
    while (above := os.path.dirname(folder)) != folder:
        folder = above
        yield folder


def _first(folder: str, names: Sequence[str]) -> str | None:
    candidates = (os.path.join(folder, name) for name in names)
    return next((file for file in candidates if os.path.isfile(file)), None)
