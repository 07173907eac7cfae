"""A stack as a rule sees it."""

import functools

from batten import model
from batten.check.accept import Acceptance, acceptances
from batten.check.service import Service
from batten.compose import Sources
from batten.model import Host, Position


class Stack:
    """All services that run, where everything was written, and the host it is meant for.

    Services with no container (`scale: 0`) are left out: nothing of them can go wrong.
    """

    def __init__(self, stack: model.Stack, sources: Sources, host: Host | None = None) -> None:
        self.name = stack.name
        self.volumes = stack.volumes
        self.extensions = stack.extensions
        self.sources = sources
        self.host = host
        self.services = {
            name: Service.of(service, self) for name, service in stack.running_services.items()
        }

    def at(self, *path: str) -> Position | None:
        """Where the value at `path` (or its closest ancestor) was decided, in the last file."""
        return self.sources.nearest(path)

    @functools.cached_property
    def acceptances(self) -> tuple[Acceptance, ...]:
        """What its files accept, with and without a reason."""
        return tuple(acceptances(self.sources, list(self.services)))

    @functools.cached_property
    def dependents(self) -> dict[str, dict[str, model.Dependency]]:
        """By service, what the services that wait for it ask of it."""
        found: dict[str, dict[str, model.Dependency]] = {}
        for service in self.services.values():
            for name, dependency in service.depends_on.items():
                found.setdefault(name, {})[service.name] = dependency
        return found
