"""Reads the status of a stack from the engine and the kernel."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import msgspec

from batten.engine import Container, Engine, one_shots
from batten.model import Stack
from batten.status.fold import fold
from batten.status.log_lag import lags
from batten.status.service import ServiceStatus
from batten.status.stack import StackStatus
from batten.status.usage import Look, look, look_again


def read(engine: Engine, project_name: str, stack: Stack | None) -> StackStatus:
    """How the project is now; without `stack`, as far as its containers tell.

    Takes a quarter of a second, over which CPU use is measured. Raise EngineError where the
    engine cannot be reached.
    """
    containers = engine.containers(project_name)
    before = look(containers)
    note = _note(engine, containers, before)
    lagging = lags(containers)
    after = look_again(containers, before)
    services = [
        msgspec.structs.replace(one, log_lag=lagging.get(one.service))
        for one in sorted(_services(stack, containers, before, after), key=_place)
    ]
    return StackStatus(project_name, tuple(services), note)


def _services(
    stack: Stack | None,
    containers: Sequence[Container],
    before: Mapping[str, Look],
    after: Mapping[str, Look],
) -> Iterator[ServiceStatus]:
    ending = one_shots(stack, containers)
    by_service = {
        name: list(group) for name, group in groupby(containers, key=lambda one: one.service)
    }
    declared = stack.services if stack else {}
    for name in dict.fromkeys([*declared, *by_service]):
        replicas = declared[name].replicas if name in declared else 1
        own = by_service.get(name, [])
        left_out = _left_out(stack, name, replicas)
        if left_out and not own:
            yield ServiceStatus(name, "left_out", left_out=left_out)
            continue
        found = fold(name, own, before, after, replicas=replicas, one_shot=name in ending)
        orphan = stack is not None and name not in declared
        yield msgspec.structs.replace(found, left_out=left_out, orphan=orphan)


def _left_out(stack: Stack | None, name: str, replicas: int) -> str | None:
    if stack is None or replicas > 0:
        return None
    return stack.left_out.get(name, "its files ask for 0 replicas")


def _place(service: ServiceStatus) -> tuple[bool, bool]:
    return service.orphan, service.left_out is not None


def _note(engine: Engine, containers: Sequence[Container], looks: Mapping[str, Look]) -> str | None:
    unread = [one.name for one in containers if one.running and one.id not in looks]
    if not unread:
        return None
    if not engine.host().local:
        return "memory, CPU and OOM kills are unknown: the engine runs on another machine"
    return f"memory, CPU and OOM kills are unknown of {', '.join(unread)}: no control group to read"
