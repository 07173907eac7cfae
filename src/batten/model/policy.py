"""What a service's labels say about restarts, as Swarm means it: condition, delay, attempts, window.

The engine is told of the condition and the attempts alone; the rest has no other place on a
container. Whoever writes such a label and whoever acts on it read it here.
"""

from collections.abc import Mapping
from typing import Any, Literal, Self

import msgspec

from batten.model.duration import Duration
from batten.model.restart import Restart

RESTART_LABEL = "dev.batten.restart"
UNHEALTHY_LABEL = "dev.batten.unhealthy"

# Swarm's where nobody says how long to wait.
_DELAY_S = 5.0

Condition = Literal["none", "on-failure", "any"]
_OF_ENGINE: dict[str, Condition] = {
    "on-failure": "on-failure",
    "always": "any",
    "unless-stopped": "any",
}


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
    def of(cls, labels: Mapping[str, str], restart: Restart) -> Self:
        """A service's policy: its label's, else what its engine policy comes to.

        Raise ValueError, with the label's name, where one cannot be read.
        """
        text = labels.get(RESTART_LABEL)
        found = cls.of_engine(restart) if text is None else cls.parse(text)
        unhealthy = _unhealthy(labels.get(UNHEALTHY_LABEL))
        return msgspec.structs.replace(found, restart_unhealthy=unhealthy)

    @classmethod
    def of_engine(cls, restart: Restart) -> Self:
        """What `restart:` means, with Swarm's delay: the engine never forgets an attempt either."""
        condition = _OF_ENGINE.get(restart.name, "none")
        return cls(condition, attempts=restart.attempts if condition == "on-failure" else 0)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `on-failure delay=5s attempts=5 window=120s`; `engine` leaves it to the engine.

        Raise ValueError where it is anything else.
        """
        condition, *settings = text.split() or [""]
        if text.strip() == "engine":
            return cls(owned=False)
        if condition not in {"none", "on-failure", "any"}:
            raise _unreadable(text, f"`{condition}` is no condition")
        values: dict[str, Any] = {}
        for setting in settings:
            name, _, value = setting.partition("=")
            if name not in _READERS or name in values:
                raise _unreadable(text, f"`{setting}` is not one of its settings, or the second")
            try:
                values[name] = _READERS[name](value)
            except ValueError:
                raise _unreadable(text, f"`{value}` is no value for `{name}`") from None
        return msgspec.structs.replace(cls(), condition=condition, **values)

    def __str__(self) -> str:
        """As a label has it."""
        if not self.owned:
            return "engine"
        parts = [self.condition, f"delay={self.delay:g}s"]
        parts += [f"attempts={self.attempts}"] if self.attempts else []
        parts += [f"window={self.window:g}s"] if self.window else []
        return " ".join(parts[:1] if self.condition == "none" else parts)


def _attempts(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


_READERS = {"delay": Duration.parse, "attempts": _attempts, "window": Duration.parse}


def _unhealthy(text: str | None) -> bool:
    if text not in {None, "restart", "leave"}:
        raise ValueError(
            f"the label `{UNHEALTHY_LABEL}` cannot be read: `{text}` is neither `restart` nor `leave`"
        )
    return text != "leave"


def _unreadable(text: str, why: str) -> ValueError:
    return ValueError(f"the label `{RESTART_LABEL}` cannot be read: {why} in `{text}`")
