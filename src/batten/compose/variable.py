"""The variables that a stack's files take their figures and secrets from."""

import re

import msgspec

from batten.compose import diagnose
from batten.compose.command import command, run
from batten.compose.project import Project
from batten.compose.source import Sources
from batten.errors import ComposeError
from batten.model import Position

_SECRET = re.compile(
    r"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY)(_|$)", re.IGNORECASE
)


class Variable(msgspec.Struct, frozen=True):
    """A variable that the files interpolate, and the value it has; that may be a secret."""

    name: str
    default: str
    value: str | None
    at: Position | None = None

    @property
    def is_secret(self) -> bool:
        """Whether its name says that nobody may know its value."""
        return bool(_SECRET.search(self.name))

    @property
    def has_default_value(self) -> bool:
        """Whether anybody who reads the Compose file knows its value."""
        return (self.value or self.default) == self.default


class _Declared(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    default_value: str = ""


def variables(project: Project) -> tuple[Variable, ...]:
    """Every variable of the stack's files, by name; raise as `read` does."""
    sources = Sources(project.files)
    declared = run(command(project, "config", "--variables", "--format", "json"), project.folder)
    if declared.code:
        raise diagnose.refusal(declared.errors, sources)
    try:
        found = msgspec.json.decode(declared.out, type=dict[str, _Declared])
    except msgspec.MsgspecError as error:
        raise ComposeError(f"Compose's list of variables cannot be understood: {error}") from None
    values = _values(project)
    return tuple(
        Variable(
            name, one.default_value, values.get(name), sources.search(rf"\$\{{?{re.escape(name)}\b")
        )
        for name, one in sorted(found.items())
    )


def _values(project: Project) -> dict[str, str]:
    """Environment and `.env` as Compose puts them together."""
    answer = run(command(project, "config", "--environment"), project.folder)
    if answer.code:
        raise diagnose.refusal(answer.errors, Sources(project.files))
    lines = answer.out.decode(errors="replace").splitlines()
    return {key: value for key, _, value in (line.partition("=") for line in lines)}
