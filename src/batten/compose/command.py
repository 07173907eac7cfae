"""Compose as a process: what is run, and what it answered."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec

from batten.compose import binary, process
from batten.compose.process import environment
from batten.compose.project import Project
from batten.errors import ComposeError

__all__ = ["Answer", "Running", "command", "environment", "run"]

# Reading a stack takes Compose well under a second; a remote `include:` may take longer.
TIMEOUT_S = 120


class Answer(msgspec.Struct, frozen=True):
    """What Compose wrote, and its exit code."""

    code: int
    out: bytes
    errors: str


def command(project: Project, *words: str) -> list[str]:
    """The words that run Compose on this stack."""
    return [binary.locate(), "--ansi=never", *project.arguments(), *words]


class Running:
    """Compose at work; whoever started it is free until the answer is wanted."""

    def __init__(self, words: Sequence[str], folder: Path, *, unhurried: bool = False) -> None:
        """Raise ComposeError where it cannot be run at all."""
        self.words = tuple(words)
        begin = process.start_unhurried if unhurried else process.start
        try:
            self.process = begin(self.words, str(folder))
        except OSError as error:
            raise ComposeError(
                f"`{words[0]}` cannot be run: {error.strerror}",
                hint="install Docker's Compose plugin again",
            ) from None

    def answer(self, timeout_s: float = TIMEOUT_S) -> Answer:
        """Wait for its end; raise ComposeError where that does not come."""
        try:
            out, errors = self.process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise ComposeError(
                f"Compose did not answer within {timeout_s:.0f} s: `{' '.join(self.words)}`",
                hint="a remote `include:` or `extends:` that cannot be reached makes it wait",
            ) from None
        code = self.process.returncode
        return Answer(code, out, errors.decode(errors="replace").strip())


def run(words: Sequence[str], folder: Path, timeout_s: float = TIMEOUT_S) -> Answer:
    """Run Compose to its end; raise ComposeError as `Running` does."""
    return Running(words, folder).answer(timeout_s)
