"""What the guard knows of one container beyond what the engine knows."""

from typing import Literal

import msgspec

from batten.guard.answer import Cause, History
from batten.model import Restart

# up: as it should be. waiting: to be started at `due`. starting: about to be started, or the guard
# died while it did that. gave_up: the attempts are used up. left: not the guard's business.
Phase = Literal["up", "waiting", "starting", "gave_up", "left"]
# Why a container is left: a person stopped it; its policy says so; it was down when the guard came;
# nobody has started it yet.
Reason = Literal["stopped", "finished", "found", "created"]


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One container; times are seconds of the engine's clock, `run` is when its last run began.

    `taken` is the engine's own policy, which the guard set to `no`. `decided` is when the restart
    that is waited for was decided, None where it does not count as an attempt.
    """

    name: str
    service: str
    run: float
    phase: Phase = "up"
    cause: Cause | None = None
    reason: Reason | None = None
    due: float = 0.0
    decided: float | None = None
    history: History = History()
    taken: Restart | None = None

    @property
    def wanted(self) -> bool:
        """Whether it should be running."""
        return self.phase != "left"

    @property
    def pending(self) -> bool:
        """Whether the guard has something to do about it."""
        return self.phase in {"waiting", "starting"}
