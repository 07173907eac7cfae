"""Compose as a process: what is run, and what it answered."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec

from batten.compose import binary
from batten.compose.project import Project
from batten.errors import ComposeError

# Reading a stack takes Compose well under a second; a remote `include:` may take longer.
TIMEOUT_S = 120


class Answer(msgspec.Struct, frozen=True):
    """What Compose wrote, and its exit code."""

    code: int
    out: bytes
    errors: str


def command(project: Project, *words: str) -> list[str]:
    """The words that run Compose on this stack."""
    return [str(binary.find()), "--ansi=never", *project.arguments(), *words]


def run(words: Sequence[str], folder: Path, timeout_s: float = TIMEOUT_S) -> Answer:
    """Run Compose to its end; raise ComposeError where it cannot be run at all."""
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            cwd=folder,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        raise ComposeError(
            f"Compose did not answer within {timeout_s:.0f} s: `{' '.join(words)}`",
            hint="a remote `include:` or `extends:` that cannot be reached makes it wait",
        ) from None
    except OSError as error:
        raise ComposeError(
            f"`{words[0]}` cannot be run: {error.strerror}",
            hint="install Docker's Compose plugin again",
        ) from None
    return Answer(done.returncode, done.stdout, done.stderr.decode(errors="replace").strip())


def environment() -> dict[str, str]:
    """The environment Compose is run in; `-f` has been decided on, so Compose is not asked again."""
    ours = {"COMPOSE_MENU": "false", "DOCKER_CLI_HINTS": "false"}
    return {key: value for key, value in os.environ.items() if key != "COMPOSE_FILE"} | ours
