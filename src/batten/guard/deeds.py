"""What was done to containers through the engine: how a stop by hand is told from a crash."""

import signal

from batten.engine.container import Container
from batten.engine.event import Event

# Seconds between a signal's end of a process and what the engine notes down.
_SLACK_S = 2.0
# Deeds kept for one container; a stop is two or three.
_KEPT = 12
_ENDING = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}


class Deeds:
    """Signals and stops that went through the engine, by container.

    An engine tells of a `docker stop` as kill, die and stop; of a `docker kill` as kill and die; of
    a process that ended by itself, or was killed past the engine, as die alone.
    """

    def __init__(self) -> None:
        self._of: dict[str, list[Event]] = {}

    def note(self, event: Event) -> None:
        """Remember an event, if it tells of a deed."""
        if event.action == "destroy":
            self._of.pop(event.container, None)
        elif event.action in {"kill", "stop"}:
            kept = self._of.setdefault(event.container, [])
            if event not in kept:
                self._of[event.container] = [*kept, event][-_KEPT:]

    def explain(self, one: Container) -> bool:
        """Whether somebody ended this container's last run through the engine."""
        if one.started_at is None or one.finished_at is None:
            return False
        began, ended = one.started_at.timestamp(), one.finished_at.timestamp()
        ending = _ENDING | {_number(one.stop_signal)}
        for deed in self._of.get(one.id, ()):
            if deed.action == "stop" and deed.at >= ended:
                return True
            in_time = began <= deed.at <= ended + _SLACK_S
            recent = ended - deed.at <= one.stop_grace_s + _SLACK_S
            if deed.action == "kill" and in_time and recent and deed.signal in ending:
                return True
        return False


def _number(name: str) -> int:
    """A stop signal as an image names it: `SIGQUIT`, `QUIT` or `3`."""
    if name.isdecimal():
        return int(name)
    try:
        return int(signal.Signals[f"SIG{name.upper().removeprefix('SIG')}"])
    except KeyError:
        # SIGRTMIN+3 and its like stop init systems.
        return 0
