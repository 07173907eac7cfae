"""A log query into streams of lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from batten.loki.store import Entry, Reader

from . import ast
from .pipeline.build import build, conditions_of, early_tests, reordered
from .pipeline.hints import Hints
from .pipeline.record import Record
from .pushdown import split
from .series import Labels, labels_key
from .show import shown_labels

HOUR = 3_600 * 10**9
# Lines of one moment come in another order than the store has them: some more are asked for
SPARE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is answered; the two sets of labels only where they were asked for."""

    ts: int
    text: str
    metadata: dict[str, str] = field(default_factory=dict)
    parsed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogRequest:
    """What is asked of a log query: nanoseconds, `start` inclusive and `end` exclusive."""

    query: ast.LogQuery
    start: int
    end: int
    limit: int
    backward: bool
    interval: int = 0
    categorize: bool = False


def lines(reader: Reader, request: LogRequest) -> Iterator[tuple[Labels, Line]]:
    """Lines in the order of time with the labels of their streams; QueryError, StoreError."""
    stages = reordered(request.query.stages)
    # All of them, so that what the store is given is known to be sound
    build(stages, Hints())
    filters, rest = split(stages)
    steps = build(rest, Hints(tests=early_tests(conditions_of(stages))))
    records: dict[int, tuple[Record, Labels]] = {}
    told = _Told()
    entries = reader.select(
        request.query.matchers,
        filters,
        request.start,
        request.end,
        limit=None if steps or request.interval else request.limit + SPARE,
        backward=request.backward,
    )
    for stream, (ts, line, metadata) in _by_stream(entries):
        known = records.get(stream)
        if known is None:
            labels = reader.labels_of(stream)
            known = records[stream] = Record(labels), labels_key(labels)
        record, own = known
        record.begin(ts, line, metadata)
        if not all(step(record) for step in steps):
            continue
        if steps and told.seen(stream, record):
            continue
        if request.categorize:
            key = labels_key(record.stream_labels()) if record.touched else own
            yield key, Line(ts, record.line, dict(record.meta), record.parsed_labels())
        else:
            key = labels_key(record.labels()) if record.touched else own
            yield key, Line(ts, record.line)


class _Told:
    """The lines of this moment: two of a stream that have become the same are one."""

    def __init__(self) -> None:
        self.ts = -1
        self.lines: set[tuple[int, str]] = set()

    def seen(self, stream: int, record: Record) -> bool:
        """Whether the line was told before; it is from now on."""
        if record.ts != self.ts:
            self.ts, self.lines = record.ts, set()
        size = len(self.lines)
        self.lines.add((stream, record.line))
        return len(self.lines) == size


def _by_stream(entries: Iterator[tuple[int, Entry]]) -> Iterator[tuple[int, Entry]]:
    """Entries of one moment stream after stream, as Loki gives them."""
    for _, moment in groupby(entries, key=lambda item: item[1].ts):
        yield from sorted(moment, key=lambda item: item[0])


def streams(reader: Reader, request: LogRequest) -> dict[Labels, list[Line]]:
    """Up to `limit` lines by stream, the streams in the order of their labels as text.

    Loki asks hour by hour: each begins its intervals anew, and what is put together backward is
    also listed backward.
    """
    result: dict[Labels, list[Line]] = {}
    left, last = request.limit, None
    for labels, line in lines(reader, request):
        same_hour = last is not None and line.ts // HOUR == last // HOUR
        if last is not None and same_hour and abs(line.ts - last) < request.interval:
            continue
        result.setdefault(labels, []).append(line)
        last = line.ts
        left -= 1
        if not left:
            break
    hours = {request.start // HOUR, (request.end - 1) // HOUR}
    upside_down = request.backward and len(hours) > 1
    return dict(
        sorted(result.items(), key=lambda item: shown_labels(dict(item[0])), reverse=upside_down)
    )
