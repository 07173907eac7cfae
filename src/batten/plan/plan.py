"""A stack and a host, side by side."""

import functools
from collections.abc import Iterator

import msgspec

from batten import compose
from batten.check import Stack
from batten.compose import Project, Sources
from batten.model import Host
from batten.plan import misfit
from batten.plan.figures import Figures
from batten.plan.problem import Problem
from batten.plan.share import Share, share

_MIB = 1 << 20
# The engine and containerd held 140 MiB here (dockerd 20.10); the kernel, a shell and the cache of
# files want some too.
_LEAST_KEPT = 512 * _MIB
_KEPT = 1 / 8


class Plan(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Every service's share of a host, what does not fit and what else is to be known."""

    stack: str
    host: Host
    shares: tuple[Share, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether every service can have what it is to get."""
        return not self.problems

    @property
    def room(self) -> Host:
        """What the host has for the stack: the rest is kept for the system."""
        return room(self.host)

    @functools.cached_property
    def lasting(self) -> tuple[Share, ...]:
        """The shares that are taken all the time."""
        return tuple(one for one in self.shares if not one.ends)

    @functools.cached_property
    def sums(self) -> Figures:
        """All that run at the same time together."""
        return Figures.sum(one.total for one in self.lasting)

    @property
    def expected(self) -> int:
        """Bytes that all of them are expected to use."""
        return sum(one.expected * one.replicas for one in self.lasting)


def room(host: Host) -> Host:
    """A host without what is kept for the system: an eighth, and 512 MiB at least."""
    kept = min(max(_LEAST_KEPT, int(host.memory * _KEPT)), host.memory)
    return Host(round(host.cores * (1 - _KEPT), 2), host.memory - kept)


def read(project: Project) -> Stack:
    """The stack of a project, with its software; raise as `compose.read` does."""
    return Stack(compose.read(project), Sources(project.files))


def plan(stack: Stack, host: Host) -> Plan:
    """Lay a stack's figures beside a host's."""
    services = [one for one in stack.services.values() if one.name not in _left_out(stack)]
    found = Plan(stack=stack.name, host=host, shares=tuple(map(share, services)))
    unfit = (problem for service in services for problem in misfit.settings(service))
    return msgspec.structs.replace(
        found, problems=(*unfit, *problems_of(found)), notes=tuple(notes_of(found))
    )


def problems_of(plan: Plan) -> Iterator[Problem]:
    """What the figures alone say."""
    for rule in (misfit.memory, misfit.cores, misfit.cpu_limits, misfit.reservations):
        yield from rule(plan)


def _left_out(stack: Stack) -> set[str]:
    found = stack.extensions.get("left-out", {})
    return set(found) if isinstance(found, dict) else set()


def notes_of(plan: Plan) -> Iterator[str]:
    """What the figures do not say by themselves."""
    unwritten = [one for one in plan.shares if one.defaults]
    if unwritten:
        yield (
            f"* not in the files of {len(unwritten)} of {len(plan.shares)} services: what "
            "Batten gives to their kind of software"
        )
    ending = [f"`{one.service}`" for one in plan.shares if one.ends]
    if ending:
        yield f"not in the sum, for others wait for their end: {', '.join(ending)}"
    if plan.sums.cpus > plan.host.cores:
        yield (
            f"the CPU limits sum to {plan.sums.cpus:g} of {plan.host.cores:g} cores: when all are "
            "busy at once they share"
        )
