"""What can go wrong, as a person is told it.

BattenError          exit 2: Batten could not do its work
├── InputError       a file, variable or option cannot be read as it stands
├── ComposeError     Compose is missing, or failed for a reason of its own
├── EngineError      the engine cannot be reached, refuses, or is too old
│   ├── DiskFull     the engine's disk has no room left
│   └── NotAllowed   this user may not talk to the engine
├── LokiError        Loki cannot be reached, or refuses what it is asked
└── Failure          exit 1: the work was done and its answer is no
    ├── Refusal      nothing was touched: what was found speaks against starting
    ├── ImageError   an image cannot be had or built
    └── Unhealthy    the stack was started and does not hold
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batten.model import Position


class BattenError(Exception):
    """A message for a person: what was wrong, where, and what to do next."""

    exit_code = 2

    def __init__(
        self, message: str, *, at: "Position | None" = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint


class InputError(BattenError):
    """A file, variable or option cannot be read as it stands."""


class ComposeError(BattenError):
    """Compose is missing, or failed for a reason of its own."""


class EngineError(BattenError):
    """The engine cannot be reached, refuses, or is too old."""


class DiskFull(EngineError):
    """The engine's disk has no room left."""


class NotAllowed(EngineError):
    """This user may not talk to the engine."""


class LokiError(BattenError):
    """Loki cannot be reached, or refuses what it is asked."""


class Failure(BattenError):
    """The work was done and its answer is no."""

    exit_code = 1


class Refusal(Failure):
    """Nothing was touched: what was found speaks against starting."""


class ImageError(Failure):
    """An image cannot be had or built."""


class Unhealthy(Failure):
    """The stack was started and does not hold."""
