"""The store: days, an index of them, and one writer."""

# ruff: noqa: S608 - what goes into SQL are names and numbers of ours, and text that was quoted

import json
import logging
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from batten.loki.limits import DAY
from batten.loki.store.days import Days, schema
from batten.loki.store.draft import Draft
from batten.loki.store.entry import Entry
from batten.loki.store.errors import Unavailable
from batten.loki.store.index import MINUTE, MINUTES, Index
from batten.loki.store.reader import Reader
from batten.loki.store.rows import Row, Rows

# More does not make a scan faster, and what is left of a container caches files
MEMORY = 128 << 20
# Below it nothing is taken in: the engine needs room to put its log into its place
FREE_DISK = 64 << 20
log = logging.getLogger(__name__)


class Store:
    """Opens `folder`, which one process at a time may have.

    `retention` is in nanoseconds, 0 keeps everything. One thread writes (`commit`, `push`,
    `retain`), any number read.
    """

    def __init__(
        self,
        folder: Path,
        *,
        retention: int = 0,
        memory: int = MEMORY,
        threads: int | None = None,
        free_disk: int = FREE_DISK,
    ) -> None:
        self.retention = retention
        self.free_disk = free_disk
        self.index = Index()
        self.days = Days(folder, memory=memory, threads=threads)
        self._lost: set[int] = set()
        for day in self.days.found():
            self._load_or_put_aside(day)

    def _load_or_put_aside(self, day: int) -> None:
        try:
            self._load(day)
        except duckdb.Error as error:
            self._check_room()  # a full disk is no damage
            self.days.close_day(day)
            self.days.put_aside(day, error)

    def _load(self, day: int) -> None:
        """Attach a day and learn from its file what is in it."""
        self.days.open(day)
        name = schema(day)
        with self.days.cursor() as cursor:
            streams = cursor.execute(f"SELECT id, labels FROM {name}.streams").fetchall()
            spans = cursor.execute(
                f"SELECT stream, min(ts), max(ts) FROM {name}.lines GROUP BY 1"
            ).fetchall()
            minutes = cursor.execute(
                f"SELECT (ts - {day * DAY}) // {MINUTE}, count(*) FROM {name}.lines GROUP BY 1"
            ).fetchall()
        self.index.load_day(day, streams, spans, minutes)

    def draft(self) -> Draft:
        """Begin what `commit` writes; only one draft at a time.

        A day that failed is looked at first: what of it was written is known only then.
        """
        for day in sorted(self._lost):
            try:
                self._load(day)
            except duckdb.Error as error:
                raise Unavailable(f"a day's file cannot be opened again: {error}") from error
            self._lost.discard(day)
        return Draft(self.index)

    def commit(self, draft: Draft) -> int:
        """Write a draft; when this returns it is on the disk. Says how many lines were new.

        A day is one transaction. Where one fails the error is `Unavailable`, and sending the same
        again is safe: what was written before is found and not written twice.
        """
        self._check_room()
        written = sum(self._commit_day(day, draft) for day in sorted(draft.rows))
        self.days.sync()
        return written

    def push(self, streams: Sequence[tuple[Mapping[str, str], Sequence[Entry]]]) -> int:
        """Store entries without asking any rule but that on duplicates; for tests and tools."""
        draft = self.draft()
        for labels, entries in streams:
            if entries:
                draft.add(
                    draft.stream(tuple(sorted(labels.items()))),
                    [entry.ts for entry in entries],
                    [entry.line.encode() for entry in entries],
                    [_metadata(entry) for entry in entries],
                )
        return self.commit(draft)

    def reader(self, timeout_s: float | None = None) -> Reader:
        """Begin a query, which may take `timeout_s` seconds; use it as a context manager."""
        hidden_before = time.time_ns() - self.retention if self.retention else None
        return Reader(self.days, self.index, timeout_s=timeout_s, hidden_before=hidden_before)

    def retain(self, now: int) -> list[int]:
        """Drop the days that are wholly past retention at `now` (nanoseconds), and say which."""
        if not self.retention:
            return []
        gone = [day for day in self.days.attached() if (day + 1) * DAY <= now - self.retention]
        for day in gone:
            self.index.drop_day(day)
            self.days.drop(day)
        return gone

    def size(self) -> int:
        """Bytes on disk."""
        return self.days.size()

    def close(self) -> None:
        """Let the files go; what was acknowledged is in them already."""
        self.days.close()

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.days.folder).free
        if free < self.free_disk:
            raise Unavailable(
                f"no space left in `{self.days.folder}`: {free >> 20} MiB free, "
                f"{self.free_disk >> 20} MiB are needed; free some or shorten `retention_period`"
            )

    def _commit_day(self, day: int, draft: Draft) -> int:
        try:
            self.days.open(day)
            with self.days.cursor() as cursor:
                rows = self._write(cursor, day, draft)
        except (duckdb.Error, OSError) as error:
            self._after_failure(day)
            raise Unavailable(f"the lines cannot be written to the disk: {error}") from error
        self._note(day, draft, rows)
        return len(rows)

    def _write(self, cursor: duckdb.DuckDBPyConnection, day: int, draft: Draft) -> Rows:
        name = schema(day)
        cursor.execute("BEGIN")
        rows = draft.rows[day]
        for row in _new_ones(cursor, name, draft.settle(day)):
            rows.append(row)
        streams = [stream for stream in set(rows.streams) if not self.index.has(day, stream)]
        if streams:
            labels = [[stream, json.dumps(dict(draft.labels(stream)))] for stream in streams]
            cursor.executemany(f"INSERT INTO {name}.streams VALUES (?, ?)", labels)
        if rows:
            cursor.register("batch", rows.arrow())
            cursor.execute(f"INSERT INTO {name}.lines SELECT ts, stream, line, metadata FROM batch")
        cursor.execute("COMMIT")
        return rows

    def _after_failure(self, day: int) -> None:
        """Forget a day whose transaction failed: the engine may have given it up.

        It may also have written it, all but the last step; so it is read again before anything is
        compared with it.
        """
        self.index.drop_day(day)
        self._lost.add(day)
        try:
            self.days.close_day(day)
            self.draft()
        except (duckdb.Error, Unavailable) as error:
            # Nothing to trace: the disk is full or gone
            log.error(  # noqa: TRY400
                "day %d cannot be opened again, the next push tries: %s", day, error
            )

    def _note(self, day: int, draft: Draft, rows: Rows) -> None:
        spans: dict[int, tuple[int, int]] = {}
        for stream, ts in zip(rows.streams, rows.times, strict=True):
            known = spans.get(stream)
            if known is None:
                spans[stream] = ts, ts
            elif ts > known[1]:
                spans[stream] = known[0], ts
            elif ts < known[0]:
                spans[stream] = ts, known[1]
        for stream in spans:
            if stream in draft.created:
                self.index.add_stream(stream, draft.created[stream])
        self.index.add_lines(day, spans, _by_minute(rows.times, day * MINUTES))


def _by_minute(times: list[int], first: int) -> dict[int, int]:
    """How many lines there are in each minute, counted from the day's first."""
    if times and min(times) // MINUTE == max(times) // MINUTE:
        return {times[0] // MINUTE - first: len(times)}
    return Counter(time // MINUTE - first for time in times)


def _metadata(entry: Entry) -> bytes:
    return json.dumps(dict(entry.metadata), ensure_ascii=False).encode() if entry.metadata else b""


def _new_ones(cursor: duckdb.DuckDBPyConnection, name: str, doubtful: Rows) -> list[Row]:
    """Those of the doubtful lines that are not stored yet, in their order."""
    if not doubtful:
        return []
    cursor.register("doubtful", doubtful.arrow())
    found = cursor.execute(
        f"""
        SELECT DISTINCT doubtful.position
        FROM {name}.lines AS stored JOIN doubtful USING (ts, stream, line, metadata)
        WHERE stored.ts BETWEEN {min(doubtful.times)} AND {max(doubtful.times)}
        """
    ).fetchall()
    stored = {position for (position,) in found}
    columns = zip(doubtful.times, doubtful.streams, doubtful.lines, doubtful.metadata, strict=True)
    return [Row(*row) for i, row in enumerate(columns) if i not in stored]
