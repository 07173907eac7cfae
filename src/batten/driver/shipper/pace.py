"""How fast to push: a bucket of bytes that fills at the rate Loki was found to take."""

import time
from collections.abc import Callable

# A little under what Loki names as its limit, because its second is not ours.
_UNDER = 0.95
_SLOWER = 0.7
_LEAST = 64 << 10
# Growth in a second: quick while below what Loki named, slow above, where the next 429 waits.
_QUICK, _SLOW = 1.02, 1.002
# Answers to pushes that were on their way when the rate was changed say nothing about the new one.
_SAME_S = 0.5


class Pace:
    """Bytes in a second; unlimited until Loki answers 429 for the first time.

    `clock` gives seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.rate: float | None = None
        self._named: float | None = None
        self._bucket = 0.0
        self._filled = clock()
        self._slowed = 0.0
        self._sent = 0.0  # bytes in about the last second

    def wait_s(self) -> float:
        """Seconds until the next push that can wait may go."""
        self._fill()
        return 0.0 if self.rate is None or self._bucket >= 0 else -self._bucket / self.rate

    def sent(self, size: int) -> None:
        """A push of so many bytes of lines was made."""
        self._fill()
        self._bucket -= size
        self._sent += size

    def slower(self, named: float | None = None) -> None:
        """Loki answered 429, and perhaps named its limit."""
        self._fill()
        now = self._clock()
        if self.rate is not None and now - self._slowed < _SAME_S:
            return
        self._slowed, self._named = now, named or self._named
        self.rate = max(_LEAST, self._less())
        self._bucket = min(self._bucket, 0.0)

    def _less(self) -> float:
        named = self._named * _UNDER if self._named else None
        if named and (self.rate is None or self.rate > named):
            return named
        return (self._sent if self.rate is None else self.rate) * _SLOWER

    def _fill(self) -> None:
        now = self._clock()
        passed, self._filled = now - self._filled, now
        self._sent *= max(0.0, 1 - passed)
        if self.rate is None:
            self._bucket = 0.0
            return
        self._bucket = min(self._bucket + passed * self.rate, self.rate / 2)
        if self._bucket < 0:  # only a rate that is used up is worth raising
            above = self._named and self.rate >= self._named * _UNDER
            self.rate *= (_SLOW if above else _QUICK) ** min(passed, 10.0)
