"""What is done when something goes wrong, as Swarm would: restart, give up, or leave."""

from enum import StrEnum

import msgspec

from batten.model import Policy


class Cause(StrEnum):
    """Why a container is not as it should be."""

    CRASH = "crash"
    EXIT = "exit"
    OOM = "oom"
    UNHEALTHY = "unhealthy"
    START = "start"
    ENGINE = "engine"


class Answer(StrEnum):
    """What is done about it."""

    RESTART = "restart"
    GIVE_UP = "give up"
    LEAVE = "leave"


class End(msgspec.Struct, frozen=True):
    """When something went wrong, and what."""

    at: float
    cause: Cause

    @property
    def failed(self) -> bool:
        """Whether it is more than an exit with 0."""
        return self.cause is not Cause.EXIT


class History(msgspec.Struct, frozen=True):
    """The restarts so far: all their number, and when those were that a window may still hold."""

    total: int = 0
    at: tuple[float, ...] = ()

    def within(self, end: float, window: float) -> int:
        """How many were decided in the window before `end`."""
        return sum(end - window < one < end for one in self.at)


def answer(policy: Policy, history: History, end: End) -> Answer:
    """What is done about an end, given the restarts before it."""
    ignored = end.cause is Cause.UNHEALTHY and not policy.restart_unhealthy
    if policy.condition == "none" or ignored:
        return Answer.LEAVE
    if policy.condition == "on-failure" and not end.failed:
        return Answer.LEAVE
    if not policy.attempts:
        return Answer.RESTART
    used = history.within(end.at, policy.window) if policy.window else history.total
    return Answer.RESTART if used < policy.attempts else Answer.GIVE_UP


def after(policy: Policy, history: History, at: float) -> History:
    """The history with a restart more, decided at `at`; what no window can hold is forgotten."""
    kept = [one for one in history.at if one > at - policy.window]
    return History(history.total + 1, (*kept, at) if policy.attempts and policy.window else ())
