"""A stack, as Compose reads it."""

from pathlib import Path
from typing import Any

import msgspec

from batten.compose import process
from batten.compose.command import Answer, Running, command, run
from batten.compose.project import Project
from batten.compose.source import Sources
from batten.errors import ComposeError, InputError
from batten.model import Duration, Stack


class Reading:
    """A stack that Compose is reading; this process has its hands free meanwhile."""

    def __init__(self, project: Project) -> None:
        """Raise ComposeError where Compose cannot be run."""
        self.project = project
        self._words = command(project, "config", "--format", "json")
        self._running = Running(self._words, project.folder, unhurried=True)

    def stack(self) -> Stack:
        """Wait for it; raise as `read` does."""
        answer = self._running.answer()
        if process.shows(answer.out):
            answer = run(self._words, self.project.folder)
        if answer.code or answer.errors:
            self._judge(answer)
        return _decode(answer.out)

    def _judge(self, answer: Answer) -> None:
        """Raise the error that an exit code or a warning amounts to."""
        from batten.compose import diagnose

        sources = Sources(self.project.files)
        if answer.code:
            raise diagnose.refusal(answer.errors, sources)
        unset = diagnose.unset_variables(answer.errors, sources)
        if unset:
            raise unset


def read(project: Project) -> Stack:
    """Merge, interpolate and decode the files of `project`.

    Raise InputError, with file and line, where Compose refuses them or a variable has neither
    a value nor a default; ComposeError where Compose itself fails.
    """
    return Reading(project).stack()


def _decode(text: bytes) -> Stack:
    try:
        stack = msgspec.json.decode(text, type=Stack, strict=False, dec_hook=_decode_own)
    except msgspec.MsgspecError as error:
        raise ComposeError(
            f"Compose's answer cannot be understood: {error}",
            hint="Batten is tested with Compose 2.40; please report the version you have",
        ) from None
    if not stack.services:
        raise InputError(
            f"the stack `{stack.name}` has no service",
            hint="are they all behind a `--profile`?",
        )
    named = {
        name: msgspec.structs.replace(service, name=name)
        for name, service in stack.services.items()
    }
    return msgspec.structs.replace(stack, services=named)


def _decode_own(kind: type, value: Any) -> Any:  # noqa: ANN401  # msgspec's contract
    if kind is Duration:
        return Duration.parse(value)
    if kind is Path:
        return Path(value)
    raise NotImplementedError(kind)
