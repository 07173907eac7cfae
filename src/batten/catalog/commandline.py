"""What a service is started with, word by word."""

import itertools
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath

from batten.model import Service

_SHELLS = {"sh", "bash", "ash", "dash"}
_WRAPPERS = {"exec", "tini", "dumb-init", "docker-entrypoint.sh", "gosu", "su-exec", "env", "--"}


def words(service: Service) -> tuple[str, ...]:
    """Entrypoint and command; a script after `sh -c` is taken apart too."""
    return tuple(_opened((*(service.entrypoint or ()), *(service.command or ()))))


def program(service: Service) -> str | None:
    """The name of what runs, past shells and wrappers; None where the image decides."""
    for word in words(service):
        name = PurePosixPath(word).name
        if name in _SHELLS | _WRAPPERS or word.startswith("-") or "=" in word:
            continue
        return name
    return None


def runs_script(service: Service) -> bool:
    """Whether it runs a script that is written out after `sh -c`."""
    given = (*(service.entrypoint or ()), *(service.command or ()))
    return any(
        PurePosixPath(shell).name in _SHELLS and word == "-c"
        for shell, word in itertools.pairwise(given)
    )


def option(service: Service, *names: str) -> str | None:
    """The value of the last `--name value`, `--name=value` or `-n value` among the words."""
    found = None
    given = words(service)
    for word, following in itertools.zip_longest(given, given[1:], fillvalue=""):
        for name in names:
            if word == name:
                found = following
            elif word.startswith(f"{name}="):
                found = word[len(name) + 1 :]
    return found


def flags(given: tuple[str, ...]) -> dict[str, str]:
    """Flags with their values, in order: `--a b -c d=e` is {`--a`: b, `-c d`: e}."""
    found: dict[str, str] = {}
    for number, word in enumerate(given):
        following = given[number + 1] if number + 1 < len(given) else ""
        if word == "-c" and "=" in following:
            name, _, value = following.partition("=")
            found[f"-c {name}"] = value
        elif word.startswith("-") and not _is_number(word):
            name, equals, value = word.partition("=")
            found[name] = value if equals or following.startswith("-") else following
    return found


def _opened(given: tuple[str, ...]) -> Iterator[str]:
    is_script = False
    for word in given:
        if is_script and " " in word:
            yield from _split(word)
        else:
            yield word
        is_script = word.startswith("-") and word.endswith("c") and not word.startswith("--")


def _split(script: str) -> list[str]:
    try:
        return shlex.split(script)
    except ValueError:
        return script.split()


def _is_number(word: str) -> bool:
    return word[1:].replace(".", "", 1).isdigit()
