"""A stack, as Compose reads it."""

from pathlib import Path
from typing import Any

import msgspec

from batten.compose import diagnose
from batten.compose.command import command, run
from batten.compose.project import Project
from batten.compose.source import Sources
from batten.errors import ComposeError, InputError
from batten.model import Duration, Stack


def read(project: Project) -> Stack:
    """Merge, interpolate and decode the files of `project`.

    Raise InputError, with file and line, where Compose refuses them or a variable has neither
    a value nor a default; ComposeError where Compose itself fails.
    """
    sources = Sources(project.files)
    answer = run(command(project, "config", "--format", "json"), project.folder)
    if answer.code:
        raise diagnose.refusal(answer.errors, sources)
    unset = diagnose.unset_variables(answer.errors, sources)
    if unset:
        raise unset
    return _decode(answer.out)


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
