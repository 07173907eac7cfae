"""What containers use, from two looks at the kernel's counters."""

import time
from collections.abc import Iterable, Mapping

import msgspec

from batten.engine import Container, Usage, cgroup

# Seconds between the looks: the CPU limit is enforced in periods of 0.1 s.
WINDOW = 0.25


class Look(msgspec.Struct, frozen=True):
    """A container's counters, and when they were read (monotonic nanoseconds)."""

    usage: Usage
    at_ns: int

    def cores_since(self, before: "Look | None") -> float | None:
        """CPU in cores between two looks; None where it was started anew in between."""
        if before is None or self.usage.cpu_ns < before.usage.cpu_ns:
            return None
        return (self.usage.cpu_ns - before.usage.cpu_ns) / max(1, self.at_ns - before.at_ns)


def look(containers: Iterable[Container]) -> dict[str, Look]:
    """The counters of all that can be read, by container id."""
    looks = {}
    for container in containers:
        usage = cgroup.read(container.pid, container.id) if container.running else None
        if usage:
            looks[container.id] = Look(usage, time.monotonic_ns())
    return looks


def look_again(containers: Iterable[Container], before: Mapping[str, Look]) -> dict[str, Look]:
    """The same after WINDOW, of which only what is left is waited for."""
    oldest = min((look.at_ns for look in before.values()), default=None)
    if oldest is None:
        return {}
    time.sleep(max(0, WINDOW - (time.monotonic_ns() - oldest) / 1e9))
    return look(containers)
