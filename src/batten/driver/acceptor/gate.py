"""Where `spool-full=block` stops a container, and lets it go on."""

import time
from typing import NamedTuple

from batten.driver.options import OptionError, parse
from batten.driver.spool import Spool, Stream
from batten.driver.spool.limits import Limits
from batten.driver.spool.usage import free_bytes, unshipped_bytes

# Seconds, and bytes that a container may write meanwhile, for which an answer holds.
_HOLDS, _GROWS = 1.0, 1 << 20


class _Answer(NamedTuple):
    closed: bool
    until: float
    offset: int


class Gate:
    """Whether a container that would rather wait than lose lines has to wait now.

    It looks at files only, so that the answer does not depend on a shipper that is alive.
    """

    def __init__(self, spool: Spool, limits: Limits) -> None:
        self._spool = spool
        self._limits = limits
        self._answers: dict[str, _Answer] = {}

    def is_closed(self, stream: Stream, offset: int) -> bool:
        """Whether its container's part of the spool, or the disk, is full; it stands at `offset`."""
        now = time.monotonic()
        known = self._answers.get(stream.id)
        if known is None or known.until < now or known.offset + _GROWS < offset:
            known = _Answer(self._is_full(stream), now + _HOLDS, offset)
            self._answers[stream.id] = known
        return known.closed

    def forget(self, stream: Stream) -> None:
        """It has stopped."""
        self._answers.pop(stream.id, None)

    def _is_full(self, stream: Stream) -> bool:
        own = sum(unshipped_bytes(one) for one in self._spool.of(stream.container))
        return own >= self._most(stream) or free_bytes(self._spool.root) < self._limits.min_free

    def _most(self, stream: Stream) -> int:
        try:
            own = parse(stream.info.get("Config") or {}, stream.info).spool_max_bytes
        except OptionError:
            own = None
        return own or self._limits.per_container
