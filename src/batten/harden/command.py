"""Flags that fit a program into its limit, added to the command that is there."""

from collections.abc import Iterator

import msgspec

from batten.catalog import Setting, commandline
from batten.check import Service
from batten.check.queue import queue_in
from batten.harden import base
from batten.harden.pool import capped
from batten.harden.words import comment, figure, scalar


def command(service: Service, limit: int) -> str:
    """The `command` of the overlay; empty where nothing is to be added."""
    added = [one for one in _settings(service, limit) if not one.in_environment]
    if not added or not base.starts_itself(service):
        return ""
    given = base.command(service)
    note = comment(service.software.note, 4) if service.software.note else ""
    if given is None and service.command is not None:
        return ""
    if given and _is_list(service, given):
        return note + _as_list(service, given, added)
    return note + _as_text(service, given[0] if given else service.software.starts[0], added)


def environment(service: Service, limit: int) -> str:
    """The variables that do the same; empty where the program is told already."""
    lines = list(capped(service))
    demand = service.software.demand(service)
    said = demand is not None and any(part.path[0] == "environment" for part in demand.parts)
    lines += [
        f"      {one.name}: {scalar(figure(service.name, one.name, one.value))} # {one.why}\n"
        for one in _settings(service, limit)
        if one.in_environment and not said and one.name not in service.environment
    ]
    return f"    environment:\n{''.join(lines)}" if lines else ""


def _settings(service: Service, limit: int) -> Iterator[Setting]:
    """Those that neither the command nor a configuration file has said."""
    elsewhere = base.settings_elsewhere(service)
    said = commandline.flags(commandline.words(service))
    known = service.software
    if known.fits_itself(service):
        return
    for one in (*known.settings(service, limit), *known.tuning(service, limit)):
        if elsewhere is None and not one.in_environment:
            continue
        bare = one.name.removeprefix("-c ").strip("-=")
        spellings = {one.name, one.name.rstrip("="), f"--{bare}", f"--{bare.replace('_', '-')}"}
        spellings |= {f"--{bare.replace('-', '_')}", f"-c {bare}"}
        if not spellings & set(said) and (len(bare) < 3 or bare not in (elsewhere or "")):
            yield _accepted(service, one)


def _accepted(service: Service, one: Setting) -> Setting:
    """Another value where the rule that speaks against it is accepted, or a queue is kept in it."""
    rule, value, why = one.unless or ("", "", "")
    for given in service.stack.acceptances:
        if given.rule == rule and given.reason and given.service in {None, service.name}:
            return msgspec.structs.replace(one, value=value, why=why)
    if one.with_queue and queue_in(service):
        value, why = one.with_queue
        return msgspec.structs.replace(one, value=value, why=why)
    return one


def _words(service: Service, one: Setting) -> tuple[str, ...]:
    bare = one.label or one.name.removeprefix("-c ").strip("-=")
    value = figure(service.name, bare, one.value)
    if one.name.startswith("-c "):
        return ("-c", f"{one.name[3:]}={value}")
    return (f"{one.name}{value}",) if one.name.endswith("=") else (one.name, value)


def _is_list(service: Service, given: tuple[str, ...]) -> bool:
    """A line has been split by Compose; a list of one word has not."""
    return len(given) > 1 or (
        len(service.command or ()) == 1 and bool(set(given[0]) & set(" \t'\""))
    )


def _as_list(service: Service, given: tuple[str, ...], added: list[Setting]) -> str:
    lines = [f"      - {scalar(word)}\n" for word in given]
    for one in added:
        *first, last = _words(service, one)
        lines += [f"      - {scalar(word)}\n" for word in first]
        lines.append(f"      - {scalar(last)} # {one.why}\n")
    return f"    command:\n{''.join(lines)}"


def _as_text(service: Service, given: str, added: list[Setting]) -> str:
    line = " ".join(given.splitlines()).strip()
    lines = [f"      {line}\n"]
    lines += [f"      {' '.join(_words(service, one))}\n" for one in added]
    return f"    command: >-\n{''.join(lines)}"
