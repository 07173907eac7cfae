"""What of a stack holds while it starts, and what cannot any more."""

import time
from collections.abc import Collection, Iterable

from batten.engine import Container, one_shots
from batten.model import Stack

# A container that came back this often while the stack starts is not going to hold.
RESTARTS = 5
# Without a healthcheck, running is all that is known; one that crashes at once is running, too,
# each time it is looked at in between.
STEADY_S = 2


class Watch:
    """Looks at a stack again and again; `waiting` and `broken` tell what it saw last.

    Times are by this machine's clock: a remote engine's may be another.
    """

    def __init__(self, stack: Stack, services: Iterable[str]) -> None:
        self._stack = stack
        self.expected = {
            name: stack.services[name].replicas
            for name in services
            if stack.services[name].replicas
        }
        self.waiting = list(self.expected)
        self.broken: list[Container] = []
        self._restarts: dict[str, int] = {}
        self._running_since: dict[tuple[object, ...], float] = {}

    def look(self, containers: Collection[Container]) -> None:
        """Take in how the containers are now."""
        ending = one_shots(self._stack, containers)
        own = {name: [one for one in containers if one.service == name] for name in self.expected}
        self.waiting = [
            name
            for name, replicas in self.expected.items()
            if sum(self._holds(one, ends=name in ending) for one in own[name]) < replicas
        ]
        self.broken = [one for name in self.waiting for one in own[name] if self._cannot_hold(one)]

    def __str__(self) -> str:
        ready = len(self.expected) - len(self.waiting)
        names = ", ".join(self.waiting[:4]) + (", …" if len(self.waiting) > 4 else "")
        rest = f", waiting for {names}" if names else ""
        return f"{ready} of {len(self.expected)} ready{rest}"

    def _holds(self, container: Container, *, ends: bool) -> bool:
        if ends and container.finished_well:
            return True
        return container.state == "running" and (
            container.health == "healthy" or (container.health is None and self._steady(container))
        )

    def _steady(self, container: Container) -> bool:
        run = (container.id, container.started_at)
        since = self._running_since.setdefault(run, time.monotonic())
        return time.monotonic() - since >= STEADY_S

    def _cannot_hold(self, container: Container) -> bool:
        before = self._restarts.setdefault(container.id, container.restart_count)
        return (
            container.state in {"exited", "dead"}
            or container.health == "unhealthy"
            or container.restart_count - before >= RESTARTS
        )
