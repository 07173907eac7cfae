"""Whom to ask for a request's lines: Loki, or the engine."""

from collections.abc import Collection

import msgspec

from batten.engine import Container, Engine
from batten.logs import logql, place
from batten.logs.driver import BUILT_IN
from batten.logs.loki import Away, Loki
from batten.logs.pages import LONGEST
from batten.logs.place import NoPlace
from batten.logs.request import Request
from batten.model import Stack


class Choice(msgspec.Struct, frozen=True):
    """The Loki to ask, or why there is none to ask (None where it was found).

    `absent` are the named services whose lines Loki does not get, with their log driver. `known`
    are the services that Loki has lines of.
    """

    loki: Loki | None = None
    why: str | None = None
    absent: dict[str, str] = {}
    known: tuple[str, ...] = ()


def choose(
    engine: Engine, stack: Stack | None, containers: Collection[Container], request: Request
) -> Choice:
    """Ask the stack's Loki whether it has these services."""
    found = place.find(engine, stack, containers)
    if isinstance(found, NoPlace):
        return Choice(why=found.why)
    loki = Loki(found.url, tenant=found.tenant)
    try:
        known = services(loki, request)
    except Away as error:
        return Choice(why=error.message)
    if request.query is not None:
        return Choice(loki, known=known)
    named = request.services or tuple({one.service for one in containers})
    absent = {
        one.service: one.log_driver
        for one in containers
        if one.service in named and one.service not in known and one.log_driver in BUILT_IN
    }
    if absent and set(absent) == set(named):
        return Choice(None, _absent(absent), known=known)
    return Choice(loki, None, absent if request.services else {}, known)


def services(loki: Loki, request: Request) -> tuple[str, ...]:
    """The services that a Loki has lines of, in the time that is asked for."""
    since = request.since_ns if request.since_ns is not None else request.until_ns - LONGEST
    chosen = logql.selector(request.project)
    return tuple(loki.values("compose_service", chosen, since, request.until_ns))


def _absent(absent: dict[str, str]) -> str:
    drivers = sorted(set(absent.values()))
    names = f"`{next(iter(absent))}` logs" if len(absent) == 1 else "its services log"
    return f"{names} to {', '.join(f'`{one}`' for one in drivers)}, not to Loki"
