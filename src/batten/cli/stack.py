"""The options that name a stack, as `docker compose` has them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from batten.compose import Project
    from batten.engine import ComposeProject, Engine

P = ParamSpec("P")
T = TypeVar("T")

_OPTIONS = (
    click.option(
        "--file",
        "-f",
        "files",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Compose file; repeat it for overlays. Default: the files in this folder, "
        "compose.prod.yaml included.",
    ),
    click.option("--project-name", "-p", "name", metavar="NAME", help="Name of the stack."),
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="NAME",
        help="Profile to enable; repeatable.",
    ),
    click.option(
        "--env-file",
        "env_files",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="File with the variables' values, in place of .env; repeatable.",
    ),
)


def stack_options(verb: Callable[P, T]) -> Callable[P, T]:
    """Add Compose's options to a command."""
    for option in reversed(_OPTIONS):
        verb = option(verb)
    return verb


def project(
    files: tuple[Path, ...],
    name: str | None,
    profiles: tuple[str, ...],
    env_files: tuple[Path, ...],
) -> "Project":
    """The stack those options name; raise InputError where there is none."""
    from batten.compose import Project

    return Project.find(files, name=name, profiles=profiles, env_files=env_files)


def running_project(
    engine: "Engine",
    files: tuple[Path, ...],
    name: str | None,
    profiles: tuple[str, ...],
    env_files: tuple[Path, ...],
) -> "tuple[str, Project | None]":
    """Name and files of a stack that may be up, found by its files, its name, or as the only one.

    The files of a running stack are those it was started with, overlays that `up` added included.
    """
    from batten import compose
    from batten.errors import InputError

    known = engine.projects()
    if name and not files:
        return name, _started_with(known.get(name))
    try:
        named = project(files, name, profiles, env_files)
    except InputError:
        if files or len(known) != 1:
            raise
        only = next(iter(known.values()))
        return only.name, _started_with(only)
    found = compose.read(named).name
    return found, _started_with(known.get(found)) or named


def _started_with(known: "ComposeProject | None") -> "Project | None":
    from batten.compose import Project

    if known is None or not all(file.is_file() for file in known.config_files):
        return None
    return Project(known.config_files, known.name)
