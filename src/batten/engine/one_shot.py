"""Services that are meant to end."""

from collections.abc import Iterable

from batten.engine.container import Container
from batten.model import Stack

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
        published = container.service in services and services[container.service].ports
        if container.restart_policy == "no" and container.health is None and not published:
            found.add(container.service)
    return found
