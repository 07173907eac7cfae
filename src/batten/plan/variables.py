"""The variables through which a stack takes its figures."""

from collections.abc import Iterator

import msgspec

from batten.catalog import Setting
from batten.catalog.sizing import go_settings
from batten.check import Service, Stack
from batten.plan.figures import Figures
from batten.plan.plan import Plan
from batten.plan.share import Share
from batten.plan.written import flag, text, variable

_LIMITS = ("deploy", "resources", "limits")
_RESERVATIONS = ("deploy", "resources", "reservations")
_MIB = 1 << 20
# Where Compose files have each figure, in both notations.
_PLACES = {
    "memory": ((*_LIMITS, "memory"), ("mem_limit",)),
    "memory_reserved": ((*_RESERVATIONS, "memory"), ("mem_reservation",)),
    "cpus": ((*_LIMITS, "cpus"), ("cpus",)),
    "cpus_reserved": ((*_RESERVATIONS, "cpus"),),
}


class Variable(msgspec.Struct, frozen=True):
    """A line of `.env`, and whose figure it is."""

    name: str
    value: str
    service: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


def variables(stack: Stack, before: Plan, after: Plan) -> tuple[Variable, ...]:
    """What to write to `.env` so that `before` becomes `after`.

    Where services share a variable, the one with the largest limit decides.
    """
    found: dict[str, Variable] = {}
    pairs = list(zip(before.shares, after.shares, strict=True))
    for old, new in sorted(pairs, key=lambda pair: -pair[1].figures.memory):
        for one in _of_service(stack.services[old.service], old, new):
            found.setdefault(one.name, one)
    order = list(stack.services)
    return tuple(sorted(found.values(), key=lambda one: order.index(one.service)))


def fixed(stack: Stack) -> frozenset[str]:
    """The services that take their memory limit from no variable."""
    return frozenset(
        name for name, service in stack.services.items() if not _variable(service, "memory")
    )


def _of_service(service: Service, old: Share, new: Share) -> Iterator[Variable]:
    for name in Figures.__struct_fields__:
        was, value = getattr(old.figures, name), getattr(new.figures, name)
        found = _variable(service, name)
        if found and was != value:
            amount = f"{value // _MIB}M" if name.startswith("memory") else f"{value:g}"
            yield Variable(found, amount, service.name)
    if old.figures.memory != new.figures.memory:
        yield from _settings(service, old.figures.memory, new.figures.memory)


def _variable(service: Service, name: str) -> str | None:
    """The variable that decides a figure; None where a number does, or nothing."""
    written = (text(service, path) for path in _PLACES[name])
    return next((variable(one) for one in written if one is not None), None)


def _settings(service: Service, was: int, limit: int) -> Iterator[Variable]:
    """The software's own settings, where they follow the limit and are variables too."""
    before = {one.name: one.value for one in _follow(service, was)}
    for setting in _follow(service, limit):
        path = ("environment", setting.name)
        written = text(service, path) if setting.in_environment else flag(service, setting.name)
        name = variable(written or "")
        if name and before.get(setting.name) != setting.value:
            yield Variable(name, setting.value, service.name)


def _follow(service: Service, limit: int) -> tuple[Setting, ...]:
    """What the catalog says; and whoever is given a `GOMEMLIMIT`, needed or not, has it in step."""
    found = service.software.settings(service, limit)
    if "GOMEMLIMIT" in service.environment and "GOMEMLIMIT" not in {one.name for one in found}:
        return (*found, *go_settings(service, limit))
    return found
