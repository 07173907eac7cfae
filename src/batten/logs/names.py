"""The services that were named, against those that there are."""

from collections.abc import Iterable
from difflib import get_close_matches

from batten.errors import InputError

# Words that are commands only where they stand first.
COMMANDS = ("install", "uninstall", "status")


def require(named: Iterable[str], known: Iterable[str], project: str) -> None:
    """Raise InputError for the first service that is not `known`."""
    there = sorted(known)
    for name in named:
        if name not in there:
            raise InputError(
                f"`{project}` has no service `{name}`", hint=_instead(name, there, project)
            )


def _instead(name: str, there: list[str], project: str) -> str:
    if name.endswith((".yml", ".yaml")):
        return f"`-f` follows here, as for `docker compose logs`: name a file with `--file {name}`"
    if name in COMMANDS:
        return (
            f"`batten logs {name}` is about the log driver: put `{name}` first, before any option"
        )
    if close := get_close_matches(name, there, n=1):
        return f"did you mean `{close[0]}`?"
    return f"it has {', '.join(there)}" if there else f"`batten status -p {project}` shows it"
