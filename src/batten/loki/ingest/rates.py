"""Token buckets: so many bytes a second, and a burst."""

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """A bucket of `burst` bytes that `rate` bytes a second flow into; it begins full.

    Times are seconds of a clock that only goes forward.
    """

    rate: float
    burst: float
    level: float = -1.0
    at: float = 0.0

    def take(self, amount: int, now: float) -> bool:
        """Take `amount` bytes, or nothing where there are fewer."""
        if self.level < 0:
            self.level, self.at = self.burst, now
        self.level = min(self.burst, self.level + max(0.0, now - self.at) * self.rate)
        self.at = now
        if amount > self.level:
            return False
        self.level -= amount
        return True
