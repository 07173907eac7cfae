"""How a verb tells that it is still at work."""

from contextlib import AbstractContextManager
from typing import Protocol


class Step(Protocol):
    """One piece of work that may take longer than a second."""

    def tell(self, detail: str) -> None:
        """Say what it is doing now; replaces what was said before."""


class Progress(Protocol):
    """Where steps are shown; several may run at once, in threads."""

    def step(self, label: str) -> AbstractContextManager[Step]:
        """Show `label` with its elapsed time until the block ends, well or badly."""

    def note(self, text: str) -> None:
        """Say something that stays on the screen."""
