"""From a service's containers to one line about it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from batten.engine import Container
from batten.status.service import Cpu, Memory, ServiceStatus
from batten.status.usage import Look

T = TypeVar("T", int, float)

# The worst first: a service is as well as its worst container.
_RANKS = (
    "dead",
    "exited",
    "restarting",
    "missing",
    "removing",
    "created",
    "paused",
    "unhealthy",
    "starting",
    "running",
    "healthy",
    "done",
)


def fold(
    service: str,
    containers: Sequence[Container],
    before: Mapping[str, Look],
    after: Mapping[str, Look],
    *,
    replicas: int,
    one_shot: bool,
) -> ServiceStatus:
    """The status of a service that should have `replicas` containers."""
    states = [_state(container, one_shot=one_shot) for container in containers]
    worst = min(zip(states, containers, strict=True), key=lambda pair: _rank(*pair), default=None)
    if worst is None or (len(containers) < replicas and _rank(*worst) > _RANKS.index("missing")):
        state, health, exit_code = "missing", None, None
    else:
        state, container = worst
        health = container.health if state == "running" else None
        exit_code = container.exit_code
    return ServiceStatus(
        service=service,
        state=state,
        health=health,
        exit_code=exit_code,
        uptime_s=_uptime(containers),
        restarts=sum(one.restart_count for one in containers) if containers else None,
        memory=_memory(containers, after),
        cpu=_cpu(containers, before, after),
        oom_kills=_oom_kills(containers, after),
        log_driver=containers[0].log_driver if containers else None,
        ports=tuple(sorted({port for one in containers for port in one.ports})),
        containers=tuple(one.name for one in containers),
    )


def _state(container: Container, *, one_shot: bool) -> str:
    return "done" if one_shot and container.finished_well else container.state


def _rank(state: str, container: Container) -> int:
    return _RANKS.index((container.health or state) if state == "running" else state)


def _uptime(containers: Iterable[Container]) -> int | None:
    """The engine's clock may differ from ours: never below 0."""
    now = datetime.now(UTC)
    ages = (now - one.started_at for one in containers if one.running and one.started_at)
    youngest = min(ages, default=None)
    return None if youngest is None else max(0, int(youngest.total_seconds()))


def _memory(containers: Iterable[Container], looks: Mapping[str, Look]) -> Memory:
    usages = [looks[one.id].usage for one in containers if one.id in looks]
    return Memory(
        _sum([usage.memory_used for usage in usages]),
        _sum([usage.memory_limit for usage in usages]),
        _sum([usage.memory_reservation for usage in usages]),
    )


def _cpu(
    containers: Iterable[Container], before: Mapping[str, Look], after: Mapping[str, Look]
) -> Cpu:
    ids = [one.id for one in containers if one.id in after]
    used = _sum([after[one].cores_since(before.get(one)) for one in ids])
    return Cpu(
        None if used is None else round(used, 3), _sum([after[one].usage.cpu_limit for one in ids])
    )


def _oom_kills(containers: Iterable[Container], looks: Mapping[str, Look]) -> int | None:
    """A stopped container has no counter any more, only the engine's mark."""
    return _sum(
        [
            looks[one.id].usage.oom_kills if one.id in looks else int(one.oom_killed)
            for one in containers
            if one.id in looks or not one.running
        ]
    )


def _sum(values: Sequence[T | None]) -> T | None:
    """None of nothing, and as soon as one is None: a limit that is missing once limits nothing."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
