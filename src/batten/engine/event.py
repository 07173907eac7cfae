"""What happened to a container, as the engine tells it."""

from typing import Any, Self

import msgspec

# What a resident wants to know. The probes of healthchecks, three events each, are not among it.
ACTIONS = (
    "create",
    "start",
    "kill",
    "die",
    "stop",
    "oom",
    "destroy",
    "rename",
    "pause",
    "unpause",
    "health_status",
)
_NS = 1e9


class Event(msgspec.Struct, frozen=True):
    """One event; `at` is in seconds of the engine's clock, `signal` is that of a `kill`."""

    container: str
    action: str
    at: float
    signal: int | None = None

    @classmethod
    def from_message(cls, found: dict[str, Any]) -> Self:
        """Read a line of the engine's answer to `GET /events`."""
        signal = found["Actor"]["Attributes"].get("signal", "")
        return cls(
            container=found["Actor"]["ID"],
            action=found["Action"].partition(":")[0],
            at=found["timeNano"] / _NS,
            signal=int(signal) if signal.isdigit() else None,
        )
