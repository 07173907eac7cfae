"""The stack as a person names it on the command line."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from batten.compose.files import files as default_files
from batten.errors import InputError
from batten.model import Position

EMBEDDED_NAME = "compose.embedded.yaml"


class Project(msgspec.Struct, frozen=True):
    """Compose's own words for a stack: files, name, profiles, env files.

    Compose options (`arguments`) mean here what they mean to `docker compose`; one thing is
    added: where no file is named, the production overlay beside the base is taken too.
    """

    files: tuple[Path, ...]
    name: str | None = None
    profiles: tuple[str, ...] = ()
    env_files: tuple[Path, ...] = ()

    @classmethod
    def find(
        cls,
        files: Sequence[Path] = (),
        *,
        name: str | None = None,
        profiles: Sequence[str] = (),
        env_files: Sequence[Path] = (),
        folder: Path | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> "Project":
        """Raise InputError where a file is missing or none is found."""
        folder = folder or Path.cwd()
        found = tuple(
            (folder / file).resolve()
            for file in (files or map(Path, default_files(str(folder), environ)))
        )
        if not found:
            raise InputError(
                f"there is no Compose file in `{folder}`",
                hint="name one with `--file FILE`, or go to the folder that has it",
            )
        for file in (*found, *env_files):
            _require(folder / file)
        return cls(found, name, tuple(profiles), tuple((folder / f).resolve() for f in env_files))

    @property
    def folder(self) -> Path:
        """Where Compose looks for `.env` and resolves relative paths from."""
        return self.files[0].parent

    @property
    def env_file(self) -> Path:
        """The file that gives the variables their values where no `--env-file` does."""
        return self.env_files[0] if self.env_files else self.folder / ".env"

    @property
    def is_production(self) -> bool:
        """Whether one of the files says by its name that this is production."""
        return any("prod" in file.name.split(".") for file in self.files)

    @property
    def embedded_overlay(self) -> Path | None:
        """The overlay beside the base whose images are built on the spot, if there is one."""
        overlay = self.folder / EMBEDDED_NAME
        return overlay if overlay.is_file() else None

    @property
    def is_embedded(self) -> bool:
        """Whether the images built on the spot are asked for."""
        return any(file.name == EMBEDDED_NAME for file in self.files)

    def with_files(self, *more: Path) -> "Project":
        """The same stack with overlays on top."""
        return msgspec.structs.replace(self, files=(*self.files, *more))

    def arguments(self) -> list[str]:
        """The options that name this stack to Compose."""
        options = [("--file", str(file)) for file in self.files]
        options += [("--env-file", str(file)) for file in self.env_files]
        options += [("--profile", profile) for profile in self.profiles]
        if self.name:
            options.append(("--project-name", self.name))
        return [word for option in options for word in option]


def _require(file: Path) -> None:
    try:
        file.open("rb").close()
    except FileNotFoundError:
        raise InputError(
            "there is no such file", at=Position(file), hint="check the path after `--file`"
        ) from None
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}",
            at=Position(file),
            hint="check the path and its permissions",
        ) from None
