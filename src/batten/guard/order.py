"""Who has to wait for whom, as Compose's own label on each container says."""

from collections.abc import Mapping, Sequence

import msgspec

from batten.engine.container import Container
from batten.guard.entry import Entry


class Wait(msgspec.Struct, frozen=True):
    """A dependency that is not as it should be; `hopeless` where nobody will change that soon."""

    service: str
    why: str
    hopeless: bool

    def __str__(self) -> str:
        return f"`{self.service}`, which {self.why}"


def waits(
    one: Container, others: Mapping[str, Sequence[Container]], entries: Mapping[str, Entry]
) -> list[Wait]:
    """What `one` has to wait for; `others` are the stack's containers by service.

    A service without a container is not waited for: it is not part of what runs here.
    """
    found = []
    for service, condition in one.depends_on.items():
        for other in others.get(service, ()):
            entry = entries.get(other.id)
            if why := _unmet(other, condition):
                left = entry is not None and entry.phase == "left"
                found.append(Wait(service, _why(why, entry), left))
                break
    return found


def _unmet(other: Container, condition: str) -> str | None:
    if condition == "service_completed_successfully":
        return None if other.finished_well else "has not completed"
    if not other.running:
        return "is down"
    if condition == "service_healthy" and other.health not in {None, "healthy"}:
        return f"is {other.health}"
    return None


def _why(why: str, entry: Entry | None) -> str:
    if entry is None:
        return why
    if entry.phase == "gave_up":
        return f"{why} and was given up"
    return "was stopped" if entry.reason == "stopped" else why
