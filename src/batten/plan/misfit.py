"""The ways in which a stack does not fit a host."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from batten.check import Service
from batten.model.size import shown
from batten.plan.problem import Problem

if TYPE_CHECKING:
    from batten.plan.plan import Plan

_FIT = "`batten plan --fit` scales them down in proportion"


def memory(plan: "Plan") -> Iterator[Problem]:
    """Limits that are enforced one by one still exhaust the host together."""
    missing = plan.sums.memory - plan.room.memory
    if missing > 0:
        yield Problem(
            f"the memory limits sum to {shown(plan.sums.memory)}, and of the host's "
            f"{shown(plan.host.memory)} there are {shown(plan.room.memory)} for them: "
            f"{shown(missing)} too much",
            _FIT,
        )
    for one in plan.shares:
        if one.ends and one.figures.memory > plan.room.memory:
            yield Problem(
                f"`{one.service}` may use {shown(one.figures.memory)}, and there are "
                f"{shown(plan.room.memory)}",
                _FIT,
                one.service,
            )


def cores(plan: "Plan") -> Iterator[Problem]:
    """What is promised to all cannot be kept."""
    if plan.sums.cpus_reserved > plan.room.cores:
        yield Problem(
            f"the CPU reservations sum to {plan.sums.cpus_reserved:g} cores, and of the host's "
            f"{plan.host.cores:g} there are {plan.room.cores:g} for them",
            _FIT,
        )


def cpu_limits(plan: "Plan") -> Iterator[Problem]:
    """The engine refuses to create a container with more cores than there are."""
    for one in plan.shares:
        if one.figures.cpus > plan.host.cores:
            yield Problem(
                f"`{one.service}` may use {one.figures.cpus:g} cores, and the host has "
                f"{plan.host.cores:g}: the engine refuses to create it",
                _FIT,
                one.service,
            )


def reservations(plan: "Plan") -> Iterator[Problem]:
    """The engine refuses a reservation above its limit."""
    for one in plan.shares:
        kept, limit = one.figures.memory_reserved, one.figures.memory
        if kept > limit:
            yield Problem(
                f"`{one.service}` reserves {shown(kept)}, and its limit is {shown(limit)}: the "
                "engine refuses to create it",
                "raise the limit, or lower the reservation",
                one.service,
            )


def settings(service: Service) -> Iterator[Problem]:
    """Settings above the limit: the kernel ends the program as soon as it uses what it was given."""
    limit, demand = service.memory_limit, service.software.demand(service)
    if not limit or demand is None or demand.certain < limit:
        return
    parts = " + ".join(f"{part.name} {shown(part.amount)}" for part in demand.parts if part.certain)
    yield Problem(
        f"the settings of `{service.name}` are {parts}; its limit is {shown(limit)}",
        f"{demand.why}; `batten check` says which settings fit",
        service.name,
        scales=False,
    )
