"""What the guard shows of itself: a picture that never changes, made by the loop, read by others."""

from typing import Self

import msgspec

from batten.engine.container import Container
from batten.guard import judge
from batten.guard.count import Counts
from batten.guard.stack import GuardedStack


class Guarded(msgspec.Struct, frozen=True):
    """One container: what the engine says, what the guard knows, and what is waited for."""

    service: str
    container: str
    id: str
    state: str
    health: str | None
    phase: str
    reason: str | None
    policy: str
    wanted: bool
    running: bool
    down_since: float | None = None
    due: float | None = None
    waits_for: tuple[str, ...] = ()


class View(msgspec.Struct, frozen=True):
    """All of them by name, the totals by service, and what is wrong with the guard itself."""

    containers: tuple[Guarded, ...] = ()
    counts: dict[str, Counts] = {}
    trouble: str | None = None

    @classmethod
    def of(cls, stack: GuardedStack) -> Self:
        """The picture of this moment."""
        shown = (_guarded(stack, one) for one in stack.containers.values())
        counts = {
            service: msgspec.structs.replace(one, restarts=dict(one.restarts))
            for service, one in stack.ledger.counts.items()
        }
        return cls(tuple(sorted(shown, key=lambda one: one.container)), counts)

    @classmethod
    def blind(cls, stack: GuardedStack, trouble: str) -> Self:
        """The last that was known, while the engine does not answer."""
        return msgspec.structs.replace(cls.of(stack), trouble=trouble)


def _guarded(stack: GuardedStack, one: Container) -> Guarded:
    entry = stack.ledger.entries.get(one.id)
    down = entry is not None and entry.wanted and not one.running
    pending = entry is not None and entry.pending
    return Guarded(
        service=one.service,
        container=one.name,
        id=one.id,
        state=one.state,
        health=one.health,
        phase=entry.phase if entry else "new",
        reason=(entry.reason or entry.cause) if entry else None,
        policy=str(stack.policy(one)),
        wanted=entry.wanted if entry else False,
        running=one.running,
        down_since=judge.ended(one) or None if down else None,
        due=entry.due if entry and pending else None,
        waits_for=tuple(map(str, stack.held(one))) if pending else (),
    )
