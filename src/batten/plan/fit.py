"""Scaling a stack's figures to a smaller host."""

import math
from collections.abc import Collection, Sequence

import msgspec

from batten.model.size import shown
from batten.plan.figures import Figures
from batten.plan.plan import Plan, notes_of, problems_of
from batten.plan.problem import Problem
from batten.plan.share import Share

_MIB = 1 << 20
# Nothing starts in a reasonable time on less.
_LEAST_CPUS = 0.1
_SHOWN_FLOORS = 3


def fit(plan: Plan, fixed: Collection[str] = ()) -> Plan:
    """The same stack, scaled down in proportion until it fits; one that fits stays as it is.

    No service goes under its floor. Where the floors alone are too much, the plan is returned as it
    is, with the reason as its only problem. Services that are `fixed` take their limit from no
    variable: they keep it as long as the others can make room.
    """
    refusal = _refusal(plan)
    if refusal:
        return msgspec.structs.replace(plan, problems=(refusal,))
    held = [_held(one) if one.service in fixed else one for one in plan.lasting]
    has_room = sum(one.floor * one.replicas for one in held) <= plan.room.memory
    limits = _limits(held if has_room else plan.lasting, plan.room.memory)
    factor = _cpu_factor(plan)
    shares = tuple(
        _scaled(
            one, limits.get(one.service, min(one.figures.memory, plan.room.memory)), factor, plan
        )
        for one in plan.shares
    )
    fitted = msgspec.structs.replace(plan, shares=shares)
    kept = [one for one in plan.problems if not one.scales]
    return msgspec.structs.replace(
        fitted, problems=(*kept, *problems_of(fitted)), notes=tuple(notes_of(fitted))
    )


def _held(one: Share) -> Share:
    """As if it did no useful work with less."""
    return msgspec.structs.replace(one, floor=one.figures.memory)


def _refusal(plan: Plan) -> Problem | None:
    needed = sum(one.floor * one.replicas for one in plan.lasting)
    missing = needed - plan.room.memory
    if missing <= 0:
        return None
    largest = sorted(plan.lasting, key=lambda one: -one.floor * one.replicas)[:_SHOWN_FLOORS]
    named = ", ".join(f"`{one.service}` {shown(one.floor * one.replicas)}" for one in largest)
    return Problem(
        f"even the least that its services work with sums to {shown(needed)}, and of the host's "
        f"{shown(plan.host.memory)} there are {shown(plan.room.memory)}: {shown(missing)} are missing",
        f"the largest are {named}; take a larger host, or move services to another one",
    )


def _limits(shares: Sequence[Share], room: int) -> dict[str, int]:
    """Memory limits in proportion; who would come to lie under its floor keeps the floor.

    Those at their floor leave less for the others, which may bring the next one to its own: hence
    again, until nobody is added.
    """
    at_floor: set[str] = set()
    while True:
        factor = _factor(shares, room, at_floor)
        low = {one.service for one in shares if one.figures.memory * factor < one.floor}
        if low <= at_floor:
            break
        at_floor |= low
    return {
        one.service: one.floor if one.service in at_floor else _rounded(one, factor)
        for one in shares
    }


def _factor(shares: Sequence[Share], room: int, at_floor: set[str]) -> float:
    left = room - sum(one.floor * one.replicas for one in shares if one.service in at_floor)
    wanted = sum(one.total.memory for one in shares if one.service not in at_floor)
    return min(1.0, left / wanted) if wanted else 1.0


def _rounded(one: Share, factor: float) -> int:
    """Down to a figure that a person would write."""
    amount = one.figures.memory * factor
    if factor == 1:
        return one.figures.memory
    step = 16 * _MIB if amount >= 256 * _MIB else 4 * _MIB
    return max(one.floor, int(amount) // step * step)


def _cpu_factor(plan: Plan) -> float:
    reserved = plan.sums.cpus_reserved
    return min(1.0, plan.room.cores / reserved) if reserved else 1.0


def _scaled(one: Share, memory: int, factor: float, plan: Plan) -> Share:
    old = one.figures
    reserved = int(min(old.memory_reserved, old.memory) * memory / old.memory)
    least = min(old.cpus, _LEAST_CPUS)
    cpus = min(max(_less(old.cpus, factor), least), plan.host.cores)
    figures = Figures(
        memory,
        reserved if reserved == old.memory_reserved else reserved // _MIB * _MIB,
        cpus,
        min(_less(old.cpus_reserved, factor), cpus),
    )
    expected = int(one.expected * memory / old.memory) if one.follows else one.expected
    if not one.is_by_settings:
        expected = figures.memory_reserved
    return msgspec.structs.replace(one, figures=figures, expected=min(expected, memory))


def _less(cpus: float, factor: float) -> float:
    """Down to hundredths, so that the sum stays under what there is; 0.01 is the engine's least."""
    if factor == 1:
        return cpus
    return max(0.01, math.floor(round(cpus * factor * 100, 6)) / 100)
