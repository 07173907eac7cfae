"""How much a service gets: the base's figures, else those of its tier, and room for what it asks for."""

import msgspec

from batten.catalog import Kind, Tier
from batten.catalog.tier import TASK
from batten.check import Service

_STEP = 64 << 20


class Figures(msgspec.Struct, frozen=True):
    """Limits and reservations of one container: bytes, cores, processes; `tier` is why."""

    memory: int
    memory_reserved: int
    cpus: float
    cpus_reserved: float
    pids: int
    tier: str

    @classmethod
    def of(cls, service: Service) -> "Figures":
        """Raise nothing: what the base says is taken as it is."""
        tier = tier_of(service)
        reserved = service.deploy.resources.reservations
        memory = service.memory_limit or max(tier.memory, service.memory_reservation or 0)
        memory = max(memory, 0 if _fits(service, memory) else _asked(service))
        cpus = service.cpu_limit or max(tier.cpus, reserved.cpus or 0)
        return cls(
            memory,
            _reserved(service, memory, tier),
            cpus,
            min(tier.cpus_reserved, round(cpus * tier.cpus_reserved / tier.cpus, 2)),
            tier.pids,
            tier.name,
        )


def tier_of(service: Service) -> Tier:
    """That of its software; what others wait for until it has ended needs little and not for long."""
    if service.software.kind is Kind.APPLICATION and ends(service):
        return TASK
    return service.software.tier


def ends(service: Service) -> bool:
    """Whether somebody waits until it has ended well."""
    return any(
        wait.condition == "service_completed_successfully" for wait in service.dependents.values()
    )


def _fits(service: Service, memory: int) -> bool:
    demand = service.software.demand(service)
    return demand is None or demand.fits(memory)


def _reserved(service: Service, memory: int, tier: Tier) -> int:
    """The base's reservation, if the engine would accept it, else the tier's part of the limit."""
    said = service.memory_reservation
    if said is not None and said <= memory:
        return said
    return min(tier.memory_reserved, _share(memory * tier.memory_reserved / tier.memory))


def _share(amount: float) -> int:
    """Whole mebibytes where there is one."""
    return int(amount) >> 20 << 20 or int(amount)


def _asked(service: Service) -> int:
    """What its own settings need, in steps of 64 MB, with the shared memory that it will get."""
    given = msgspec.structs.replace(service, shm_size=service.shm_size or service.software.shm)
    demand = service.software.demand(given)
    if demand is None:
        return 0
    return -int(-demand.amount / demand.share // _STEP) * _STEP
