"""One query: a connection of its own, a deadline, and answers that never hold all lines at once."""

# ruff: noqa: S608 - what goes into SQL are names and numbers of ours, and text that was quoted

import json
import math
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import duckdb

from batten.loki.store import clauses
from batten.loki.store.days import Days, schema
from batten.loki.store.entry import Entry, Metadata, Stream
from batten.loki.store.errors import Cancelled, StoreError, TimedOut, TooLarge, Unavailable
from batten.loki.store.index import Index
from batten.loki.store.matcher import LineFilter, Matcher
from batten.loki.store.slices import Pace, Slice, cut

# A sorted piece is held in memory: 150,000 lines of 120 bytes are about 30 MB of it.
ALL = Pace(first=20_000, growth=4, most=150_000)
# With a limit the engine holds that many lines only, so pieces may grow until all cores are busy.
SOME = Pace(first=60_000, growth=4, most=8_000_000)
FETCHED = 2000
# More of them than this and lines are put into windows one by one instead of counted in parts
MANY_BUCKETS = 100_000


class Stats(NamedTuple):
    """How much a query would read."""

    streams: int
    entries: int
    bytes: int


class Reader:
    """One query. Use it in a `with`, from one thread; `cancel` may come from any.

    Times are nanoseconds; `start` is inclusive and `end` exclusive unless a method says otherwise.
    Errors are `StoreError`s.
    """

    def __init__(
        self, days: Days, index: Index, *, timeout_s: float | None, hidden_before: int | None
    ) -> None:
        self._days = days
        self._index = index
        self._timeout_s = timeout_s
        self._hidden_before = hidden_before
        self._why: type[StoreError] | None = None
        self._stack = ExitStack()
        self._cursor: duckdb.DuckDBPyConnection

    def __enter__(self) -> Self:
        self._cursor = self._stack.enter_context(self._days.cursor())
        if self._timeout_s is not None:
            timer = threading.Timer(self._timeout_s, self._stop, (TimedOut,))
            timer.daemon = True
            timer.start()
            self._stack.callback(timer.cancel)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def cancel(self) -> None:
        """End the query, as whoever asked has gone; it raises `Cancelled`."""
        self._stop(Cancelled)

    def _stop(self, why: type[StoreError]) -> None:
        self._why = self._why or why
        self._cursor.interrupt()

    def labels_of(self, stream: int) -> dict[str, str]:
        """The labels of a stream."""
        return self._index.labels_of(stream)

    def series(self, matchers: Sequence[Matcher], start: int, end: int) -> list[Stream]:
        """The streams that match and have a line in the time, by number."""
        return self._index.streams(self._from(start), end, clauses.predicate(matchers))

    def label_names(self, matchers: Sequence[Matcher], start: int, end: int) -> list[str]:
        """The names of the labels of such streams, sorted."""
        found = self.series(matchers, start, end)
        return sorted({name for stream in found for name in stream.labels})

    def label_values(
        self, name: str, matchers: Sequence[Matcher], start: int, end: int
    ) -> list[str]:
        """The values that a label has in such streams, sorted."""
        found = self.series(matchers, start, end)
        return sorted({stream.labels[name] for stream in found if name in stream.labels})

    def select(
        self,
        matchers: Sequence[Matcher],
        filters: Sequence[LineFilter],
        start: int,
        end: int,
        *,
        limit: int | None = None,
        backward: bool = False,
    ) -> Iterator[tuple[int, Entry]]:
        """(stream number, entry) by time over all streams, the newest first with `backward`.

        Entries with one time come in the order in which they were stored, or its reverse. Lines are
        read piece by piece, so whoever has enough just stops.
        """
        start = self._from(start)
        where = self._where(matchers, filters, start, end)
        if where is None:
            return
        pace = SOME if limit is not None else ALL
        order = "DESC" if backward else "ASC"
        left = math.inf if limit is None else limit
        for piece in cut(self._index.minutes(start, end), start, end, pace, backward=backward):
            if left <= 0:
                return
            most = f"LIMIT {left}" if limit is not None else ""
            rows = self._rows(
                f"""
                SELECT stream, ts, line, metadata FROM {schema(piece.day)}.lines
                WHERE {_within(piece)} {where}
                ORDER BY ts {order}, rowid {order} {most}
                """
            )
            for stream, ts, line, metadata in rows:
                yield stream, Entry(ts, line, decoded(metadata))
                left -= 1

    def count(  # noqa: PLR0913 - what a range query consists of
        self,
        matchers: Sequence[Matcher],
        filters: Sequence[LineFilter],
        start: int,
        end: int,
        step: int,
        range_: int,
        *,
        what: Literal["entries", "bytes"] = "entries",
        by_metadata: bool = True,
    ) -> dict[tuple[int, Metadata], dict[int, int]]:
        """Entries, or bytes of lines, in (t - range_, t] for t = start, start + step, … <= end.

        By stream and structured metadata, the latter always empty without `by_metadata`; a time
        without any is left out. With `step` 0 there is one time, `start`.
        """
        windows = _Windows(start, end, step, range_)
        first, last = self._from(windows.first), windows.last
        where = self._where(matchers, filters, first, last)
        totals: dict[tuple[int, Metadata], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        if where is None:
            return {}
        value = "count(*)" if what == "entries" else "sum(strlen(line))"
        metadata = "metadata" if by_metadata else "''"
        for piece in self._whole_days(first, last):
            rows = self._rows(
                f"""
                SELECT stream, {metadata}, {windows.bucket} AS bucket, {value}
                FROM {schema(piece.day)}.lines WHERE {_within(piece)} {where} GROUP BY ALL
                """
            )
            for stream, text, bucket, number in rows:
                times = totals[stream, decoded(text)]
                for t in windows.times(bucket):
                    times[t] += int(number)
        return {key: dict(times) for key, times in totals.items() if times}

    def stats(self, matchers: Sequence[Matcher], start: int, end: int) -> Stats:
        """How many streams, entries and bytes of lines match."""
        entries = self.count(matchers, (), end - 1, end - 1, 0, end - start, by_metadata=False)
        sizes = self.count(
            matchers, (), end - 1, end - 1, 0, end - start, what="bytes", by_metadata=False
        )
        return Stats(
            len(entries),
            sum(sum(times.values()) for times in entries.values()),
            sum(sum(times.values()) for times in sizes.values()),
        )

    def _from(self, start: int) -> int:
        return max(start, self._hidden_before or start)

    def _whole_days(self, start: int, end: int) -> Iterator[Slice]:
        everything = Pace(1 << 62, 1, 1 << 62)
        return cut(self._index.minutes(start, end), start, end, everything, backward=False)

    def _where(
        self, matchers: Sequence[Matcher], filters: Sequence[LineFilter], start: int, end: int
    ) -> str | None:
        """The conditions beside the time, or None where no stream matches."""
        conditions = clauses.of_filters(filters)
        found = self.series(matchers, start, end)
        if not found:
            return None
        if len(found) < len(self._index.streams(start, end, lambda _: True)):
            conditions.insert(0, clauses.of_streams([stream.id for stream in found]))
        return "".join(f" AND {condition}" for condition in conditions)

    def _rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        with self._translated():
            self._cursor.execute(sql)
        while True:
            with self._translated():
                rows = self._cursor.fetchmany(FETCHED)
            if not rows:
                return
            yield from rows

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the engine's errors into ours, and stop between two statements as within one."""
        if self._why:
            raise self._stopped()
        try:
            yield
        except duckdb.InterruptException as error:
            raise self._stopped() from error
        except (duckdb.OutOfMemoryException, duckdb.OutOfRangeException) as error:
            raise TooLarge(
                "the query needs more memory than it may have; ask for a shorter time or fewer "
                "streams"
            ) from error
        except duckdb.CatalogException as error:
            raise Unavailable("the day was dropped while it was read; ask again") from error
        except duckdb.Error as error:
            raise Unavailable(f"the lines cannot be read: {error}") from error

    def _stopped(self) -> StoreError:
        if self._why is TimedOut:
            return TimedOut(
                f"the query took longer than {self._timeout_s:g} s; ask for a shorter time, or "
                "raise `limits_config.query_timeout`"
            )
        return Cancelled("whoever asked has gone")


class _Windows:
    """Windows (t - range, t] that may overlap, counted in parts that do not."""

    def __init__(self, start: int, end: int, step: int, range_: int) -> None:
        self.step = step or range_
        self.range = range_
        self.start = start
        self.number = (end - start) // step + 1 if step else 1
        self.first = start - range_ + 1
        self.last = start + (self.number - 1) * self.step + 1
        self.width = math.gcd(self.step, range_)
        self.base = self.first - 1
        fits = (self.last - self.first) // self.width <= MANY_BUCKETS
        if not fits:
            self.width = 0
        self.bucket = (
            f"(ts - {self.base} - 1) // {self.width}" if self.width else f"ts - {self.base}"
        )

    def times(self, bucket: int) -> Iterator[int]:
        """The times t whose window has the part in it."""
        upper = bucket * self.width + self.width if self.width else bucket
        lower = bucket * self.width + 1 if self.width else bucket
        # In (t - range, t] counted from base: t' = range + k * step, so t' - range < lower, upper <= t'
        first = max(0, -(-(upper - self.range) // self.step))
        last = min(self.number - 1, (lower - 1) // self.step)
        for k in range(first, last + 1):
            yield self.start + k * self.step


def _within(piece: Slice) -> str:
    return f"ts >= {piece.start} AND ts < {piece.end}"


@lru_cache(maxsize=4096)
def decoded(metadata: str) -> Metadata:
    """Metadata as they are stored, as pairs in the order of names."""
    return tuple(sorted(json.loads(metadata).items())) if metadata else ()
