"""What the guard says: changes, each once; a service that flaps is summed up."""

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from batten.engine.container import Container
from batten.guard.answer import Cause
from batten.guard.entry import Entry
from batten.guard.order import Wait
from batten.model import Policy

# After a run of this many seconds a service has settled.
_SETTLED_S = 60.0
_WHAT = {
    Cause.CRASH: "ended with exit code {code}",
    Cause.OOM: "was killed at its memory limit",
    Cause.EXIT: "ended with exit code 0",
    Cause.UNHEALTHY: "is unhealthy",
    Cause.START: "could not be started",
    Cause.ENGINE: "went down with the engine",
}
_LEFT = {
    "stopped": "was stopped by hand: left alone until it is started by hand",
    "finished": "has ended, and its policy leaves it at that",
    "found": "was down before the guard came: left alone until it is started",
}


class _Episode(msgspec.Struct):
    """A time in which a service fails again and again."""

    since: float
    failures: int = 0
    refused: str = ""


class Teller:
    """Says what changes, in lines; `say` writes one."""

    def __init__(
        self, say: Callable[[str], None] | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.say = say or _to_stderr
        self._clock = clock
        self._episodes: dict[str, _Episode] = {}
        self._held: dict[str, str] = {}

    def changed(self, one: Container, before: Entry | None, after: Entry, policy: Policy) -> None:
        """Something is known about a container that was not known before."""
        was = before.phase if before else None
        if after.phase == "left" and was != "left" and after.reason in _LEFT:
            self._episodes.pop(one.name, None)
            self.say(f"{name(one)} {_LEFT[after.reason]}")
        elif after.phase == "up" and before and before.reason in _LEFT:
            self.say(f"{name(one)} was started again: guarded again")
        elif after.phase in {"waiting", "gave_up"} and after.phase != was:
            self._failed(one, after, policy)

    def refused(self, one: Container, reason: str) -> None:
        """The engine could not start it, for this reason or for another than before."""
        episode = self._episode(one)
        if episode.refused != reason:
            episode.refused = reason
            self.say(f"{name(one)} could not be started: {reason}")

    def held(self, found: Mapping[str, Sequence[Wait]]) -> None:
        """What keeps which container, by name, from being started now."""
        texts = {who: ", ".join(map(str, waits)) for who, waits in found.items() if waits}
        for who, text in texts.items():
            if self._held.get(who) != text:
                self.say(f"{who} waits for {text}")
        self._held = texts

    def settle(self, containers: Iterable[Container]) -> None:
        """Sum up what was restarted and has held since."""
        now = self._clock()
        for one in containers:
            episode = self._episodes.get(one.name)
            if episode is None or not one.running or one.health not in {None, "healthy"}:
                continue
            if one.started_at and now - one.started_at.timestamp() >= _SETTLED_S:
                took = one.started_at.timestamp() - episode.since
                del self._episodes[one.name]
                self.say(
                    f"{name(one)} holds again: {_times(episode.failures)} failed in {took:.0f} s"
                )

    def _episode(self, one: Container) -> _Episode:
        return self._episodes.setdefault(one.name, _Episode(self._clock()))

    def _failed(self, one: Container, entry: Entry, policy: Policy) -> None:
        if entry.cause is Cause.ENGINE or entry.cause is None:
            return
        episode = self._episode(one)
        episode.failures += 1
        what = _WHAT[entry.cause].format(code=one.exit_code)
        if entry.phase == "gave_up":
            state = "runs on as it is" if one.running else "stays down"
            self.say(
                f"{name(one)} {what} and is given up after {_attempts(policy)}: it {state} until "
                f"somebody starts it (`docker restart {one.name}`)"
            )
        elif episode.failures == 1:
            self.say(f"{name(one)} {what}: restarted in {policy.delay:g} s")
        elif episode.failures & (episode.failures - 1) == 0 and episode.failures > 2:
            took = self._clock() - episode.since
            self.say(f"{name(one)} {what}: {_times(episode.failures)} failed in {took:.0f} s")


def name(one: Container) -> str:
    """A container as its service is called, with its number where there are several."""
    return one.service if one.number == 1 else f"{one.service}-{one.number}"


def _attempts(policy: Policy) -> str:
    count = "1 attempt" if policy.attempts == 1 else f"{policy.attempts} attempts"
    return f"{count} in {policy.window:g} s" if policy.window else count


def _times(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
