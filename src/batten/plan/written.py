"""How a figure is written in the files: as a number, or as a variable."""

import re
import shlex

from batten.catalog import Part, commandline
from batten.check import Service

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-?+][^{}]*)?\}")


def variable(text: str) -> str | None:
    """The name in `${NAME}` or `${NAME:-default}`; None where there is more or something else."""
    match = _VARIABLE.fullmatch(text.strip())
    return match[1] if match else None


def text(service: Service, path: tuple[str, ...]) -> str | None:
    """The value at `path` as the last file that has it says; None where no file does."""
    newest = next(iter(service.versions(*path)), None)
    return newest.text if newest else None


def flag(service: Service, name: str) -> str:
    """The value of a flag of the command, `--maxmemory` or `-c shared_buffers`; empty without one."""
    return commandline.flags(_words(service)).get(name.rstrip("="), "")


def is_variable(service: Service, part: Part) -> bool:
    """Whether a setting's amount is taken from a variable, so that it can follow the limit."""
    if part.path != ("command",):
        return "${" in (text(service, part.path) or "")
    name = part.name.rpartition(" ")[2]
    words = _words(service)
    return any(name in word and "${" in word for word in words) or any(
        key.endswith(name) and "${" in value for key, value in commandline.flags(words).items()
    )


def _words(service: Service) -> tuple[str, ...]:
    """The command's words with variables unread, whether it is a list or one text."""
    newest = next(iter(service.versions("command")), None)
    written = newest.words if newest else ()
    if len(written) != 1:
        return written
    try:
        return tuple(shlex.split(written[0]))
    except ValueError:
        return written
