"""What a restart policy says, as Swarm means it: condition, delay, attempts, window."""

from enum import StrEnum
from typing import Literal, Self

import msgspec

from batten.errors import InputError
from batten.model import Duration

RESTART = "dev.batten.restart"
UNHEALTHY = "dev.batten.unhealthy"

# Swarm's where nobody says how long to wait.
_DELAY_S = 5.0

Condition = Literal["none", "on-failure", "any"]
_OF_ENGINE: dict[str, Condition] = {
    "on-failure": "on-failure",
    "always": "any",
    "unless-stopped": "any",
}


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


class Policy(msgspec.Struct, frozen=True):
    """Seconds throughout; 0 attempts are any number, 0 window is all time.

    `owned` is false where the engine's own policy is left in charge of a service.
    """

    condition: Condition = "none"
    delay: float = _DELAY_S
    attempts: int = 0
    window: float = 0.0
    restart_unhealthy: bool = True
    owned: bool = True

    @classmethod
    def of(cls, labels: dict[str, str], name: str, attempts: int) -> Self:
        """A container's policy: its label's, else what its engine policy comes to.

        Raise InputError where a label cannot be read.
        """
        text = labels.get(RESTART)
        found = cls.of_engine(name, attempts) if text is None else cls.parse(text)
        return msgspec.structs.replace(found, restart_unhealthy=_unhealthy(labels.get(UNHEALTHY)))

    @classmethod
    def of_engine(cls, name: str, attempts: int) -> Self:
        """What `restart:` means, with Swarm's delay: the engine never forgets an attempt either."""
        condition = _OF_ENGINE.get(name, "none")
        return cls(condition, attempts=attempts if condition == "on-failure" else 0)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `on-failure delay=5s attempts=5 window=120s`; `engine` leaves it to the engine."""
        condition, *settings = text.split() or [""]
        if text.strip() == "engine":
            return cls(owned=False)
        if condition not in {"none", "on-failure", "any"}:
            raise _unreadable(text, f"`{condition}` is no condition")
        values: dict[str, float | int] = {}
        for setting in settings:
            name, _, value = setting.partition("=")
            if name not in _READERS or name in values:
                raise _unreadable(text, f"`{setting}` is not one of its settings, or the second")
            try:
                values[name] = _READERS[name](value)
            except ValueError:
                raise _unreadable(text, f"`{value}` is no value for `{name}`") from None
        return cls(condition, **values)  # type: ignore[arg-type]  # the readers give each its type

    def __str__(self) -> str:
        """As a label has it."""
        if not self.owned:
            return "engine"
        parts = [self.condition, f"delay={self.delay:g}s"]
        parts += [f"attempts={self.attempts}"] if self.attempts else []
        parts += [f"window={self.window:g}s"] if self.window else []
        return " ".join(parts[:1] if self.condition == "none" else parts)

    def answer(self, history: History, end: End) -> Answer:
        """What is done about an end, given the restarts before it."""
        ignored = end.cause is Cause.UNHEALTHY and not self.restart_unhealthy
        if self.condition == "none" or ignored:
            return Answer.LEAVE
        if self.condition == "on-failure" and not end.failed:
            return Answer.LEAVE
        if not self.attempts:
            return Answer.RESTART
        used = history.within(end.at, self.window) if self.window else history.total
        return Answer.RESTART if used < self.attempts else Answer.GIVE_UP

    def after(self, history: History, at: float) -> History:
        """The history with a restart more, decided at `at`; what no window can hold is forgotten."""
        kept = [one for one in history.at if one > at - self.window]
        return History(history.total + 1, (*kept, at) if self.attempts and self.window else ())


def _attempts(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


_READERS = {"delay": Duration.parse, "attempts": _attempts, "window": Duration.parse}


def _unhealthy(text: str | None) -> bool:
    if text not in {None, "restart", "leave"}:
        raise InputError(
            f"the label `{UNHEALTHY}` cannot be read: `{text}`",
            hint="write `restart` or `leave`",
        )
    return text != "leave"


def _unreadable(text: str, why: str) -> InputError:
    return InputError(
        f"the label `{RESTART}` cannot be read: {why} in `{text}`",
        hint="write it as in `on-failure delay=5s attempts=5 window=120s`; "
        "the condition is `none`, `on-failure`, `any` or `engine`",
    )
