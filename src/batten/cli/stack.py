"""The options that name a stack, as `docker compose` has them."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from batten.compose import Project
    from batten.engine import ComposeProject, Engine
    from batten.errors import InputError

Verb = Callable[..., None]


def _file(*names: str) -> Callable[[Verb], Verb]:
    return click.option(
        *names,
        "files",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Compose file; repeat it for overlays. Default: the files in this folder, "
        "compose.prod.yaml included.",
    )


_OTHERS = (
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


@dataclass(frozen=True)
class Named:
    """A stack as it was named on the command line."""

    files: tuple[Path, ...]
    name: str | None
    profiles: tuple[str, ...]
    env_files: tuple[Path, ...]

    def project(self) -> "Project":
        """Its files; raise InputError where there are none."""
        from batten.compose import Project

        return Project.find(
            self.files, name=self.name, profiles=self.profiles, env_files=self.env_files
        )

    def running(self, engine: "Engine") -> "tuple[str, Project | None]":
        """Its name and files when it may be up, found by that name or by the files that are here.

        The files of a running stack are those it was started with, overlays that `up` added
        included. Raise InputError where there is no such stack.
        """
        from batten import compose
        from batten.errors import InputError

        known = engine.projects()
        if self.name and not self.files and (self.name in known or engine.volumes(self.name)):
            return self.name, _started_with(known.get(self.name))
        try:
            here = self.project()
        except InputError as error:
            if self.files:
                raise
            raise _not_here(error, self.name, list(known)) from None
        found = compose.read(here).name
        return found, _started_with(known.get(found)) or here


def stack_options(verb: Verb) -> Verb:
    """Add Compose's options to a command, which gets them as one `Named`."""
    return _with(verb, _file("--file", "-f"))


def stack_options_without_f(verb: Verb) -> Verb:
    """The same for a command to which `-f` means something else, as in `docker compose logs -f`."""
    return _with(verb, _file("--file"))


def _with(verb: Verb, file: Callable[[Verb], Verb]) -> Verb:
    @functools.wraps(verb)
    def named(
        files: tuple[Path, ...],
        name: str | None,
        profiles: tuple[str, ...],
        env_files: tuple[Path, ...],
        **others: object,
    ) -> None:
        verb(Named(files, name, profiles, env_files), **others)

    decorated: Verb = named
    for option in reversed((file, *_OTHERS)):
        decorated = option(decorated)
    return decorated


def _not_here(error: "InputError", name: str | None, known: list[str]) -> "InputError":
    """What there is instead."""
    from batten.errors import InputError

    there = ", ".join(f"`{one}`" for one in known)
    return InputError(
        f"there is no stack `{name}` on this engine, and no Compose file here"
        if name
        else error.message,
        hint=f"name one with `-p`: {there}" if there else error.hint,
    )


def _started_with(known: "ComposeProject | None") -> "Project | None":
    from batten.compose import Project

    if known is None or not known.config_files:
        return None
    if not all(file.is_file() for file in known.config_files):
        return None
    return Project(known.config_files, known.name)
