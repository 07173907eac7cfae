"""A stack as the guard knows it: what is seen, what is known, what is due. Asks nobody anything."""

import time
from collections.abc import Callable, Iterable
from itertools import groupby

import msgspec

from batten.engine.container import Container
from batten.engine.event import Event
from batten.guard import judge
from batten.guard.count import Counts, Kills
from batten.guard.deeds import Deeds
from batten.guard.entry import Entry
from batten.guard.ledger import Ledger
from batten.guard.order import Wait, waits
from batten.guard.own import is_own
from batten.guard.tell import Teller
from batten.model import Policy, Restart

# Seconds for which a container that is being replaced is left to Compose.
_REPLACING_S = 60.0


class GuardedStack:
    """The containers of one project and what is known of them.

    `clock` gives seconds as the engine counts them.
    """

    def __init__(
        self, ledger: Ledger, teller: Teller, clock: Callable[[], float] = time.time
    ) -> None:
        self.ledger = ledger
        self.containers: dict[str, Container] = {}
        self.busy: set[str] = set()
        self._deeds = Deeds()
        self._unreadable: dict[str, str] = {}
        self._teller = teller
        self._clock = clock

    def policy(self, one: Container) -> Policy:
        """A container's policy; one that cannot be read is told once, and the engine's counts."""
        entry = self.ledger.entries.get(one.id)
        taken = entry.taken if entry else None
        restart = taken or Restart(one.restart_policy, one.restart_attempts)
        try:
            return Policy.of(one.labels, restart)
        except ValueError as error:
            if self._unreadable.get(one.service) != str(error):
                self._unreadable[one.service] = str(error)
                self._teller.say(f"{one.service}: {error}; its engine policy counts")
            return Policy.of_engine(restart)

    def hear(self, event: Event) -> None:
        """Take in what an event tells beyond that something changed."""
        # What the engine repeats for a new stream has been counted.
        is_new = event.at > self.ledger.anchor
        self.ledger.anchor = max(self.ledger.anchor, event.at)
        self._deeds.note(event)
        if event.action == "destroy":
            self.forget(event.container)
        if is_new and event.action == "oom" and (one := self.containers.get(event.container)):
            self._counts(one.service).oom_kills += self._kills_of(one).tell()

    def see_all(
        self, containers: Iterable[Container], *, strangers: bool = False, rebooted: bool = False
    ) -> None:
        """Take in a look at all of them.

        `strangers` are containers that were there before the guard; `rebooted` means that the
        engine was started anew and took them down with itself.
        """
        now, found = self._clock(), [one for one in containers if not is_own(one)]
        known = self.ledger.entries.keys() | self.containers.keys()
        for gone in known - {one.id for one in found}:
            self.forget(gone)
        for one in found:
            entry = self.ledger.entries.get(one.id)
            policy = self.policy(one)
            if entry and self.ledger.given_back:
                entry = judge.after_absence(entry, one, policy, now, rebooted=rebooted)
            elif entry and rebooted:
                entry = judge.after_engine(entry, one, policy, now)
            self._keep(one, entry)
            self.see(one, found=strangers)
        self.ledger.given_back = False

    def see(self, one: Container, *, found: bool = False) -> None:
        """Take in a look at one of them."""
        if is_own(one):
            return
        self.containers[one.id] = one
        if one.id in self.busy:
            return
        entry, policy, now = self.ledger.entries.get(one.id), self.policy(one), self._clock()
        if entry is None:
            after = judge.first(one, policy, self._deeds, now, found=found)
        else:
            after = judge.judge(entry, one, policy, self._deeds, now)
        self._keep(one, after)

    def forget(self, container_id: str) -> None:
        """A container is gone."""
        self.containers.pop(container_id, None)
        self.ledger.kills.pop(container_id, None)
        self.ledger.entries.pop(container_id, None)

    def due(self) -> list[Container]:
        """The containers to start, or to start anew, now."""
        return [one for one in self.overdue() if not self.held(one)]

    def overdue(self) -> list[Container]:
        """Those whose time has come, held up or not."""
        now = self._clock()
        return [one for one in self._pending() if self.ledger.entries[one.id].due <= now]

    def next_due(self) -> float | None:
        """When the next of them is due, should nothing happen before; None where none is."""
        now = self._clock()
        dues = (self.ledger.entries[one.id].due for one in self._pending())
        return min((due for due in dues if due > now), default=None)

    def held(self, one: Container) -> list[Wait]:
        """What keeps a container from being started now.

        What a person stopped holds nobody up who is down, for who knows when it comes back; an
        unhealthy one runs on until what it needs is there, for a restart would not mend it.
        """
        if self._is_being_replaced(one):
            return [Wait(one.service, "is being replaced", hopeless=False)]
        found = waits(one, self.by_service(), self.ledger.entries)
        return found if one.running else [wait for wait in found if not wait.hopeless]

    def begin(self, one: Container) -> None:
        """It is about to be started."""
        excused = bool(waits(one, self.by_service(), self.ledger.entries))
        self.busy.add(one.id)
        entry = self.ledger.entries[one.id]
        self.ledger.entries[one.id] = judge.starting(entry, self.policy(one), excused=excused)

    def started(self, container_id: str) -> None:
        """It was started; a look follows."""
        self.busy.discard(container_id)
        one, entry = self.containers.get(container_id), self.ledger.entries.get(container_id)
        if one and entry and entry.cause:
            self._counts(one.service).restarted(entry.cause)

    def not_started(self, container_id: str, reason: str) -> None:
        """The engine could not start it."""
        self.busy.discard(container_id)
        one, entry = self.containers.get(container_id), self.ledger.entries.get(container_id)
        if one and entry:
            self._teller.refused(one, reason)
            self._keep(one, judge.not_started(entry, self.policy(one), self._clock()))

    def interrupted(self, container_id: str) -> None:
        """The engine did not answer while it was being started: a look will tell."""
        self.busy.discard(container_id)

    def taken(self, one: Container) -> None:
        """The engine's own policy is about to be set to `no`; what it was is kept."""
        if entry := self.ledger.entries.get(one.id):
            policy = Restart(one.restart_policy, one.restart_attempts)
            self.ledger.entries[one.id] = msgspec.structs.replace(entry, taken=policy)

    def to_take(self) -> list[Container]:
        """The containers whose engine policy is not `no` yet."""
        return [
            one
            for one in self.containers.values()
            if one.restart_policy != "no"
            and one.id in self.ledger.entries
            and one.state not in {"removing", "dead"}
            and self.policy(one).owned
        ]

    def unsettled(self) -> set[str]:
        """The containers that the engine was about to restart, or is removing.

        It tells nobody when it refrains from a restart because its policy was taken away.
        """
        return {
            one.id for one in self.containers.values() if one.state in {"restarting", "removing"}
        }

    def by_service(self) -> dict[str, list[Container]]:
        """The containers by service."""
        ordered = sorted(self.containers.values(), key=lambda one: (one.service, one.number))
        return {name: list(own) for name, own in groupby(ordered, key=lambda one: one.service)}

    def count_kills(self, one: Container, counter: int) -> None:
        """Take in the kernel's counter of OOM kills in a container's present run."""
        self._counts(one.service).oom_kills += self._kills_of(one).look(counter)

    def _pending(self) -> list[Container]:
        """In the order of their names, so that the same happens every time."""
        free = (one for one in self.containers.values() if one.id not in self.busy)
        known = ((self.ledger.entries.get(one.id), one) for one in free)
        pending = (one for entry, one in known if entry and entry.pending)
        return sorted(pending, key=lambda one: one.name)

    def _is_being_replaced(self, one: Container) -> bool:
        """Compose makes the new container before it removes the old one."""
        return any(
            other.state == "created"
            and (other.service, other.number) == (one.service, one.number)
            and other.created_at is not None
            and self._clock() - other.created_at.timestamp() < _REPLACING_S
            for other in self.containers.values()
        )

    def _keep(self, one: Container, after: Entry | None) -> None:
        before = self.ledger.entries.get(one.id)
        self.containers[one.id] = one
        if after is None or after == before:
            return
        self.ledger.entries[one.id] = after
        counts = self._counts(one.service)
        if after.phase == "gave_up" and (before is None or before.phase != "gave_up"):
            counts.gave_up += 1
        if before and before.wanted and before.run and after.run != before.run and one.running:
            counts.down_seconds += max(0.0, judge.began(one) - judge.ended(one))
        self._teller.changed(one, before, after, self.policy(one))

    def _counts(self, service: str) -> Counts:
        return self.ledger.counts.setdefault(service, Counts())

    def _kills_of(self, one: Container) -> Kills:
        kills = self.ledger.kills.get(one.id)
        if kills is None or kills.run != judge.began(one):
            kills = self.ledger.kills[one.id] = Kills(judge.began(one))
        return kills
