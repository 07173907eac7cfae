"""Lines as they arrive in Loki.

Asked again and again for what is newer, which every Loki can do. Containers are shipped one beside
the other, so a line may arrive after one that is younger. Each look therefore goes back: behind the
youngest line seen, and to the oldest that the log driver has yet to ship; what was seen before is
left out.
"""

import time
from collections.abc import Callable, Iterator

from batten.logs.line import LogLine
from batten.logs.loki import Away, Loki
from batten.logs.pages import Key, Pages, key
from batten.logs.request import Request

_SECOND = 1_000_000_000
POLL_S = 1.0
# A driver that ships in time waits for a second before each push; Loki and the network take theirs.
LATE_NS = 5 * _SECOND
# Where the driver cannot be asked: what was written while Loki was away comes for so long after it is
# back, for each container's driver waits for a while of its own before it tries again.
_AFTERWARDS_NS = 60 * _SECOND
# A sender's clock may be ahead.
_AHEAD_NS = 60 * _SECOND


class Follow:
    """The lines of a request, and then those that come, for ever.

    `behind_s` tells how many seconds the driver's oldest line has waited (0: none does, None: it
    cannot be asked). `on_away` is told when Loki goes away, and None when it is back: nothing is
    missed meanwhile.
    """

    def __init__(
        self,
        loki: Loki,
        request: Request,
        behind_s: Callable[[], float | None],
        on_away: Callable[[Away | None], None],
    ) -> None:
        self._loki, self._request = loki, request
        self._behind_s, self._on_away, self._away = behind_s, on_away, False
        self._seen: set[Key] = set()
        self._newest = self._floor = self._unshipped = 0
        self._gone = self._settled = 0

    def __iter__(self) -> Iterator[list[LogLine]]:
        yield from self._before()
        while True:
            time.sleep(POLL_S)
            try:
                yield from self._look()
                self._tell(None)
            except Away as error:
                self._tell(error)

    def _before(self) -> Iterator[list[LogLine]]:
        """What was there when it began; the first lines that come may be a little older."""
        count, oldest = 0, self._request.since_ns or 0
        for page in Pages(self._loki, self._request):
            if page:
                count, oldest = count + len(page), oldest if count else page[0].time_ns
                self._newest = page[-1].time_ns
                self._seen |= {key(line) for line in page}
                self._forget(self._newest - LATE_NS)
                yield page
        self._newest = self._newest or self._request.until_ns
        self._unshipped = self._request.until_ns
        cut = count == self._request.limit
        self._floor = max(
            self._newest - LATE_NS,
            self._request.since_ns or 0,
            (oldest if count else self._request.until_ns) if cut else 0,
        )

    def _look(self) -> Iterator[list[LogLine]]:
        before, self._unshipped = self._unshipped, self._oldest_unshipped()
        start = max(self._floor, min(self._newest, before, self._unshipped) - LATE_NS)
        self._forget(start)
        end = time.time_ns() + _AHEAD_NS
        for page in Pages(self._loki, self._request).forward(start, end):
            fresh = [line for line in page if key(line) not in self._seen]
            if fresh:
                self._seen |= {key(line) for line in fresh}
                self._newest = max(self._newest, fresh[-1].time_ns)
                yield fresh

    def _oldest_unshipped(self) -> int:
        """Nanoseconds since the epoch."""
        now, behind = time.time_ns(), self._behind_s()
        if behind is not None:
            return now - round(behind * _SECOND)
        return self._gone if self._away or now < self._settled else now

    def _forget(self, before_ns: int) -> None:
        """Looks do not go back behind that any more: nothing is shown twice."""
        self._floor = max(self._floor, before_ns)
        self._seen = {one for one in self._seen if one[0] >= before_ns}

    def _tell(self, error: Away | None) -> None:
        if self._away == (error is not None):
            return
        self._away = error is not None
        if self._away:
            self._gone = min(self._newest, self._unshipped)
        else:
            self._settled = time.time_ns() + _AFTERWARDS_NS
        self._on_away(error)
