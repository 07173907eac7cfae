"""From what is seen of a container to what the guard knows of it: pure, and told nothing twice.

Each run of a container, known by when it began, is judged once, however often it is looked at.
"""

import msgspec

from batten.engine.container import Container
from batten.guard.answer import Answer, Cause, End, History, after, answer
from batten.guard.deeds import Deeds
from batten.guard.entry import Entry, Reason
from batten.model import Policy

# Seconds before a restart without delay: by then the engine has told of a stop by hand.
_SETTLING_S = 0.2
_ENDED = {"exited", "dead"}


def began(one: Container) -> float:
    """When its last run began; 0 where it never ran."""
    return one.started_at.timestamp() if one.started_at else 0.0


def ended(one: Container) -> float:
    """When its last run ended; 0 where none has."""
    return one.finished_at.timestamp() if one.finished_at else 0.0


def first(one: Container, policy: Policy, deeds: Deeds, now: float, *, found: bool) -> Entry:
    """What is known of a container that was not known.

    `found` means that the guard was not there when it was started: what is down then may have been
    stopped by a person, unless the engine has used its attempts up.
    """
    entry = Entry(one.name, one.service, run=0.0)
    if one.state == "created":
        return leave(entry, "created")
    if not found or one.running or not _ended(one):
        return judge(entry, one, policy, deeds, now)
    return _found(entry, one, policy, now)


def judge(entry: Entry, one: Container, policy: Policy, deeds: Deeds, now: float) -> Entry:
    """What is known after a look at the container."""
    entry = msgspec.structs.replace(entry, name=one.name)
    if began(one) != entry.run:
        entry = _another_run(entry, one, policy)
    if not policy.owned:
        return leave(entry, "stopped") if _ended(one) and deeds.explain(one) else entry
    if one.running:
        return _running(entry, one, policy, now)
    return _down(entry, one, policy, deeds, now) if _ended(one) else entry


def after_engine(entry: Entry, one: Container, policy: Policy, now: float) -> Entry:
    """What is known of a container that the engine took down with itself."""
    if entry.phase == "left" or not policy.owned or not _ended(one):
        return entry
    entry = msgspec.structs.replace(entry, run=began(one))
    if policy.condition == "none":
        return leave(entry, "finished")
    return msgspec.structs.replace(
        entry, phase="waiting", cause=Cause.ENGINE, due=now, decided=None, history=History()
    )


def after_absence(
    entry: Entry, one: Container, policy: Policy, now: float, *, rebooted: bool
) -> Entry:
    """What is known of a container after a time in which the engine's own policy was in charge.

    Nobody saw who stopped what is down. What the guard had been about to start it starts, but not
    after a new start of the engine: the stack may have been stopped as a whole before that.
    """
    if entry.phase == "left" or not _ended(one) or (entry.phase != "up" and not rebooted):
        return entry
    return _found(entry, one, policy, now)


def not_started(entry: Entry, policy: Policy, now: float) -> Entry:
    """What is known of a container that the engine could not start."""
    return _failed(entry, End(now, Cause.START), policy, now)


def starting(entry: Entry, policy: Policy, *, excused: bool) -> Entry:
    """What is known from the moment on when it is being started.

    `excused` is a restart that counts as no attempt: what it depends on is down and will stay so.
    """
    history = entry.history
    if entry.decided is not None and not excused:
        history = after(policy, history, entry.decided)
    return msgspec.structs.replace(entry, phase="starting", history=history, decided=None)


def leave(entry: Entry, reason: Reason) -> Entry:
    """Not to be touched until somebody starts it."""
    return msgspec.structs.replace(
        entry, phase="left", reason=reason, cause=None, due=0.0, decided=None
    )


def _found(entry: Entry, one: Container, policy: Policy, now: float) -> Entry:
    """It is down, and nobody saw why: only that the engine gave up can still be seen."""
    entry = msgspec.structs.replace(entry, run=began(one))
    gave_up = bool(one.exit_code) and 0 < one.restart_attempts <= one.restart_count
    if gave_up and policy.owned:
        return _failed(entry, End(ended(one), _cause(one)), policy, now)
    return leave(entry, "found")


def _another_run(entry: Entry, one: Container, policy: Policy) -> Entry:
    """It was started: by somebody, then counting begins anew; or by the guard, or by the engine.

    The engine does so where it was quicker than the guard was to take its policy away, and counts
    it; whoever starts a container sets that count to 0.
    """
    history = entry.history if entry.phase == "starting" else History()
    if one.restart_count and entry.run:
        history = after(policy, entry.history, began(one))
    return msgspec.structs.replace(
        entry,
        run=began(one),
        phase="up",
        cause=None,
        reason=None,
        due=0.0,
        decided=None,
        history=history,
    )


def _running(entry: Entry, one: Container, policy: Policy, now: float) -> Entry:
    if one.state == "paused":
        return entry
    if one.health != "unhealthy":
        # Still the run that was unhealthy, given up or about to be stopped: it came round.
        return msgspec.structs.replace(
            entry, phase="up", cause=None, reason=None, due=0.0, decided=None
        )
    if entry.phase == "starting":
        return msgspec.structs.replace(entry, phase="waiting")
    if entry.phase == "up":
        failed = _failed(entry, End(now, Cause.UNHEALTHY), policy, now)
        return entry if failed.phase == "left" else failed
    return entry


def _down(entry: Entry, one: Container, policy: Policy, deeds: Deeds, now: float) -> Entry:
    if entry.phase == "starting":
        # A guard died over it: who starts it now is somebody, or this guard, which begins again.
        return msgspec.structs.replace(entry, phase="waiting")
    # Given up while it was unhealthy, it ran on: this is its end.
    was_running = entry.phase == "gave_up" and entry.cause is Cause.UNHEALTHY
    if entry.phase == "left" or (entry.phase == "gave_up" and not was_running):
        return entry
    # Ended by the engine or by the guard, which looks the same as a stop by hand.
    ended_by_us = entry.decided is None or entry.cause is Cause.START
    if not (entry.phase == "waiting" and ended_by_us) and deeds.explain(one):
        return leave(entry, "stopped")
    if entry.phase == "waiting":
        return entry
    return _failed(entry, End(ended(one), _cause(one)), policy, now)


def _failed(entry: Entry, end: End, policy: Policy, now: float) -> Entry:
    found = answer(policy, entry.history, end)
    if found is Answer.LEAVE:
        return leave(entry, "finished")
    if found is Answer.GIVE_UP:
        return msgspec.structs.replace(entry, phase="gave_up", cause=end.cause, decided=None)
    delay = max(policy.delay, _SETTLING_S)
    # A clock of the engine's that is ahead must not make it wait longer.
    due = min(end.at, now) + delay
    return msgspec.structs.replace(entry, phase="waiting", cause=end.cause, due=due, decided=end.at)


def _cause(one: Container) -> Cause:
    if not one.exit_code:
        return Cause.EXIT
    return Cause.OOM if one.oom_killed else Cause.CRASH


def _ended(one: Container) -> bool:
    return one.state in _ENDED and one.started_at is not None
