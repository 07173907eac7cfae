"""Services that are meant to end."""

from collections.abc import Iterable

from batten.engine.container import Container
from batten.model import RESTART_LABEL, Service, Stack

_COMPLETED = "service_completed_successfully"


def one_shots(stack: Stack | None, containers: Iterable[Container]) -> set[str]:
    """The services whose ending with 0 is success.

    Those whose end another one waits for; and those that nothing restarts, asks about their
    health or connects to. A database that ended with 0 is none: it is down.
    """
    services = stack.services if stack else {}
    found = {
        name
        for service in services.values()
        for name, dependency in service.depends_on.items()
        if dependency.condition == _COMPLETED
    }
    for container in containers:
        waits = container.depends_on.items()
        found |= {name for name, condition in waits if condition == _COMPLETED}
        declared = services.get(container.service)
        published = declared is not None and declared.ports
        restarted = _is_restarted(container, declared)
        if not restarted and container.health is None and not published:
            found.add(container.service)
    return found


def _is_restarted(container: Container, declared: Service | None) -> bool:
    """By the engine, or by the guard, which sets the engine's own policy to `no`."""
    labelled = container.labels.get(RESTART_LABEL, "none").split()[:1] != ["none"]
    in_files = declared is not None and declared.restarting.name != "no"
    return labelled or in_files or container.restart_policy != "no"
