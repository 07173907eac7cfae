"""Rule `flags-lost-in-overlay`."""

import shlex
from collections.abc import Iterator

from batten.catalog.commandline import flags
from batten.check import Finding, Service, Severity, rule
from batten.compose.source import Written

_MEANT = {"!override", "!reset"}


@rule(severity=Severity.WARNING)
def flags_lost_in_overlay(service: Service) -> Iterator[Finding]:
    """A `command` in an overlay that drops flags which the base gave.

    Compose does not add to a command: the overlay's replaces the base's as a whole. A Redis that
    got `--maxmemory` in production that way has lost its `--appendonly` and its password, and
    nothing says so. Where that is meant, `command: !override` says it.

    Flagged:
        services:
          cache:
            image: redis:7
            command: redis-server --appendonly yes
        ---
        services:
          cache:
            command: redis-server --maxmemory 512mb # <--

    Accepted:
        services:
          cache:
            image: redis:7
            command: redis-server --appendonly yes
          other:
            image: redis:7
            command: redis-server --appendonly yes
        ---
        services:
          cache:
            command: redis-server --appendonly yes --maxmemory 512mb
          other:
            command: !override redis-server --save ""
    """
    versions = service.versions("command")
    if len(versions) < 2 or versions[0].tag in _MEANT or service.command is None:
        return
    kept = flags(service.command)
    lost: dict[str, str] = {}
    for older in versions[1:]:
        lost |= {name: value for name, value in flags(_words(older)).items() if name not in kept}
    if lost:
        listed = ", ".join(f"`{name}`" for name in lost)
        yield Finding(
            f"the command of `{service.name}` here replaces the base's, and loses {listed}",
            at=versions[0].at,
            hint="repeat them in it, or write `command: !override …` where they are meant to go",
        )


def _words(version: Written) -> tuple[str, ...]:
    """A command as words, whichever of its two forms it has."""
    if len(version.words) != 1:
        return version.words
    try:
        return tuple(shlex.split(version.words[0]))
    except ValueError:
        return tuple(version.words[0].split())
