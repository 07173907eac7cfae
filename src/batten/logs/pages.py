"""Reading more lines from Loki than it gives at once."""

from collections.abc import Iterator

from batten.logs import logql
from batten.logs.line import LogLine
from batten.logs.loki import Loki, TooMany
from batten.logs.request import Request

# Loki's default for what one query may ask for.
PAGE = 5000
# Nanoseconds that Loki's default lets a query look back: 30 days, less than its 721 hours.
LONGEST = 30 * 24 * 3600 * 1_000_000_000

Key = tuple[int, str, tuple[tuple[str, str], ...]]


def key(line: LogLine) -> Key:
    """What makes a line one line to Loki: its stream, its time and its text."""
    return line.time_ns, line.text, tuple(sorted(line.labels.items()))


class Pages:
    """The lines of a request, in time's order, a page at a time."""

    def __init__(self, loki: Loki, request: Request) -> None:
        self._loki, self._request, self._size = loki, request, PAGE
        self._query = logql.of_request(request)
        since = request.since_ns
        self._start = request.until_ns - LONGEST if since is None else since

    def __iter__(self) -> Iterator[list[LogLine]]:
        if self._request.limit is None:
            return self.forward(self._start, self._request.until_ns)
        return iter([self._last(self._request.limit)])

    def forward(self, start_ns: int, end_ns: int) -> Iterator[list[LogLine]]:
        """Everything from `start_ns` on and before `end_ns`, oldest first."""
        seen: set[Key] = set()
        while start_ns < end_ns:
            page, size = self._page(start_ns, end_ns, backward=False)
            yield [line for line in page if line.time_ns != start_ns or key(line) not in seen]
            if len(page) < size:
                return
            last = page[-1].time_ns
            # Where a whole page is of one instant, Loki has no way to tell the rest of it.
            seen = {key(line) for line in page if line.time_ns == last}
            start_ns = last + (page[0].time_ns == last)

    def _last(self, count: int) -> list[LogLine]:
        """The last `count`, oldest first."""
        end_ns, found = self._request.until_ns, list[LogLine]()
        seen: set[Key] = set()
        while len(found) < count and self._start < end_ns:
            wanted = count - len(found) + len(seen)
            page, size = self._page(self._start, end_ns, backward=True, most=wanted)
            found = [
                line for line in page if line.time_ns != end_ns - 1 or key(line) not in seen
            ] + found
            if len(page) < size:
                break
            first = page[0].time_ns
            seen = {key(line) for line in page if line.time_ns == first}
            end_ns = first + (page[-1].time_ns != first)
        return found[-count:] if count else []

    def _page(
        self, start_ns: int, end_ns: int, *, backward: bool, most: int = PAGE
    ) -> tuple[list[LogLine], int]:
        """A page, and how many lines it would have if it was full."""
        size = min(self._size, most)
        try:
            return self._loki.lines(self._query, start_ns, end_ns, size, backward=backward), size
        except TooMany as error:
            if not 0 < error.most < size:
                raise
            self._size = error.most
        return self._page(start_ns, end_ns, backward=backward, most=most)
