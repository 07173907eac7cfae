"""What a plain engine does when a container ends."""

from typing import Self

import msgspec

# The engine waits 100 ms before the first new start and twice as long before each further one, up
# to a minute.
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 60.0


class Restart(msgspec.Struct, frozen=True):
    """The engine's own words: `no`, `on-failure`, `always`, `unless-stopped`; 0 attempts: no bound."""

    name: str = "no"
    attempts: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read Compose's `restart:`, as in `on-failure:5`."""
        name, _, attempts = text.partition(":")
        return cls(name or "no", int(attempts) if attempts.isdigit() else 0)

    def __str__(self) -> str:
        return f"{self.name}:{self.attempts}" if self.attempts else self.name

    @property
    def is_endless(self) -> bool:
        """Whether it is started again whatever it ended with, after a reboot too."""
        return self.name in {"always", "unless-stopped"}

    @property
    def waits_s(self) -> float:
        """Seconds that the engine waits in all before it gives up; infinite where it does not."""
        if self.name == "no":
            return 0.0
        if self.is_endless or not self.attempts:
            return float("inf")
        return sum(min(_FIRST_WAIT_S * 2.0**n, _LONGEST_WAIT_S) for n in range(self.attempts))
