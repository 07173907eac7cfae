"""A Compose project that has containers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from batten.engine import label


class ComposeProject(msgspec.Struct, frozen=True):
    """A project as its containers' labels tell it; `running` are services with a live container."""

    name: str
    working_dir: Path
    config_files: tuple[Path, ...]
    running: tuple[str, ...]


def projects(containers: Iterable[dict[str, Any]]) -> dict[str, ComposeProject]:
    """Group the engine's answer to `GET /containers/json`, by name."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for container in containers:
        groups.setdefault(container["Labels"][label.PROJECT], []).append(container)
    return {name: _project(name, groups[name]) for name in sorted(groups)}


def _project(name: str, containers: list[dict[str, Any]]) -> ComposeProject:
    """The engine lists the newest container first: its labels are the latest word."""
    labels = containers[0]["Labels"]
    files = labels.get(label.CONFIG_FILES, "").split(",")
    live = [found["Labels"] for found in containers if found["State"] == "running"]
    return ComposeProject(
        name=name,
        working_dir=Path(labels.get(label.WORKING_DIR, "")),
        config_files=tuple(Path(file) for file in files if file),
        running=tuple(sorted({found.get(label.SERVICE, "") for found in live})),
    )
