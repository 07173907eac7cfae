"""What is counted of a service, for as long as the ledger lives."""

import msgspec


class Counts(msgspec.Struct, omit_defaults=True):
    """Totals: restarts by cause, given up, seconds down while it should have been up, OOM kills."""

    restarts: dict[str, int] = {}
    gave_up: int = 0
    down_seconds: float = 0.0
    oom_kills: int = 0

    def restarted(self, cause: str) -> None:
        """Count a restart."""
        self.restarts[cause] = self.restarts.get(cause, 0) + 1


class Kills(msgspec.Struct):
    """Processes that the kernel killed for want of memory in one run of a container.

    The kernel's counter is exact, but gone with the container; the engine's events stay, and are
    fewer where several die at once. Whichever knows more is right.
    """

    run: float
    seen: int = 0
    told: int = 0

    def look(self, counter: int) -> int:
        """Note the kernel's counter; returns how many are new."""
        return self._grown(counter)

    def tell(self) -> int:
        """Note an event; returns how many are new."""
        self.told += 1
        return self._grown(self.told)

    def _grown(self, known: int) -> int:
        new = max(0, known - self.seen)
        self.seen += new
        return new
