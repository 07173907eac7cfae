"""What the shipper's process does for the spool about once a second: keep it small."""

import contextlib
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple, Protocol

from batten.driver.spool.limits import Limits
from batten.driver.spool.quota import drop_beyond
from batten.driver.spool.retention import Kept, retain
from batten.driver.spool.seal import seal, sealable
from batten.driver.spool.spool import Spool
from batten.driver.spool.stream import Stream
from batten.driver.spool.usage import disk_bytes, free_bytes

_BLOCK = "block"
# Segments that are compressed in one go: 8 MiB each take 30 ms of CPU.
_AT_ONCE = 4


class Asked(Kept, Protocol):
    """What a container's options say about the spool."""

    @property
    def spool_full(self) -> str:
        """`drop-oldest` or `block`."""

    @property
    def spool_max_bytes(self) -> int | None:
        """The most that it may take, None for the limit of all."""


class Report(NamedTuple):
    """Bytes that each stream takes on the disk, by its id."""

    spool_bytes: dict[str, int]


class Upkeep:
    """Retention, quotas and compressing; to be run by one process at a time.

    `exists` says whether the engine has a container, None where nobody can say.
    """

    def __init__(
        self,
        spool: Spool,
        limits: Limits,
        options_of: Callable[[Stream], Asked],
        exists: Callable[[str], bool | None] = lambda _: None,
    ) -> None:
        self._spool = spool
        self._limits = limits
        self._options_of = options_of
        self._exists = exists

    def run(self) -> Report:
        """Look at every stream once."""
        streams = [stream for stream in self._spool.streams() if not self._is_gone(stream)]
        self._drop(streams)
        for stream in streams:
            self._seal(stream)
        return Report({stream.id: _size(stream) for stream in streams})

    def _is_gone(self, stream: Stream) -> bool:
        try:
            options = self._options_of(stream)
            asked = stream.stopped and options.keep_file
            exists = self._exists(stream.container) if asked else None
            return retain(stream, options, exists=exists)
        except FileNotFoundError:
            return True

    def _drop(self, streams: list[Stream]) -> None:
        """Each container's own quota, then that of all, then the disk's floor."""
        droppable = [one for one in streams if self._options_of(one).spool_full != _BLOCK]
        containers = defaultdict[str, list[Stream]](list)
        for stream in droppable:
            containers[stream.container].append(stream)
        for own in containers.values():
            most = self._options_of(own[-1]).spool_max_bytes or self._limits.per_container
            drop_beyond(own, most)
        total = sum(map(_size, streams))
        missing = max(
            total - self._limits.total,
            self._limits.min_free - free_bytes(self._spool.folder),
        )
        if missing > 0:
            drop_beyond(droppable, max(0, sum(map(_size, droppable)) - missing))

    def _seal(self, stream: Stream) -> None:
        # A disk that is full takes no second copy either; there are the quotas for it.
        with contextlib.suppress(OSError):
            for _ in range(_AT_ONCE):
                segment = sealable(stream)
                if segment is None:
                    return
                seal(segment)


def _size(stream: Stream) -> int:
    try:
        return disk_bytes(stream)
    except FileNotFoundError:
        return 0
