"""What one service gets."""

import math

import msgspec

from batten.check import Service
from batten.harden import figures as harden
from batten.plan.figures import Figures
from batten.plan.written import is_variable

_MIB = 1 << 20


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A service's figures, each for one of its `replicas` containers.

    `defaults` names the figures that its files do not have: they are those of its kind of software,
    which `batten harden` would write. `expected` are the bytes it may use by its own settings,
    or, where these say nothing, its reservation; `follows` means that its settings are variables, so
    that they can follow the limit. Under `floor` bytes it does no useful work. `ends` means that
    others wait for its end, so that its share is free again when they run.
    """

    service: str
    software: str
    replicas: int
    figures: Figures
    defaults: tuple[str, ...] = ()
    expected: int
    is_by_settings: bool
    follows: bool = False
    floor: int
    ends: bool = False

    @property
    def total(self) -> Figures:
        """All containers together."""
        return self.figures.times(self.replicas)


def share(service: Service) -> Share:
    """What its files give it, and where they say nothing, what its kind of software gets."""
    figures, defaults = _figures(service)
    demand = service.software.demand(service)
    expected = min(demand.amount, figures.memory) if demand else figures.memory_reserved
    return Share(
        service=service.name,
        software=service.software.title,
        replicas=service.replicas,
        figures=figures,
        defaults=defaults,
        expected=expected,
        is_by_settings=demand is not None,
        follows=demand is not None and any(is_variable(service, part) for part in demand.parts),
        # Who wrote a limit below the floor will have had a reason.
        floor=min(_floor(service), figures.memory),
        ends=harden.ends(service),
    )


def _figures(service: Service) -> tuple[Figures, tuple[str, ...]]:
    """The figures, and the names of those that are not in the files."""
    given = harden.Figures.of(service)
    written = (
        service.memory_limit,
        service.memory_reservation,
        service.cpu_limit,
        service.deploy.resources.reservations.cpus,
    )
    memory, memory_reserved, cpus, cpus_reserved = written
    found = Figures(
        memory or given.memory,
        memory_reserved or given.memory_reserved,
        cpus or given.cpus,
        cpus_reserved or given.cpus_reserved,
    )
    names = zip(Figures.__struct_fields__, written, strict=True)
    return found, tuple(name for name, value in names if not value)


def _floor(service: Service) -> int:
    """The catalog's, and room for what its own settings take sooner or later, whatever the limit is.

    What is written as a variable follows the limit, and then takes half of it at most.
    """
    demand = service.software.demand(service)
    if demand is None:
        return service.software.floor
    fixed = [part for part in demand.parts if not is_variable(service, part)]
    needed = sum(part.amount for part in fixed if part.certain)
    share = demand.share if len(fixed) == len(demand.parts) else 0.5
    return max(service.software.floor, math.ceil(needed / share / _MIB) * _MIB)
