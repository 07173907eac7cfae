"""A metric query into one vector for each moment that was asked for."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from batten.loki.store import LineFilter, Metadata, Reader

from . import ast
from .binary import combined, with_number
from .errors import LimitError, PipelineError, QueryError
from .extract import GROUPED_EARLY, Extractor
from .pipeline.build import build, reordered
from .pipeline.hints import Hints
from .pipeline.record import ERROR, PRESERVE_ERROR, Record
from .pushdown import is_line_free, split
from .regex import compile_regex
from .rewrite import split_average, without_line_formats
from .series import Labels, Vector, full_key
from .show import shown_labels
from .vector import aggregated
from .windows import windowed

COUNTED = {"count_over_time", "rate", "bytes_over_time", "bytes_rate", "absent_over_time"}
# A sample takes 16 bytes; more of them than this would be a fifth of the server's memory
MOST_SAMPLES = 6_000_000
# A point takes about 120 bytes until it is answered
MOST_POINTS = 2_000_000


class NotEnabled(QueryError):
    """An operation that Loki has switched off by default; it answers 500."""

    status = 500


@dataclass(frozen=True, slots=True)
class Moments:
    """The times a query is worked out for: `start`, `start + step`, … up to `end`."""

    start: int
    end: int
    step: int

    @property
    def times(self) -> range:
        """All of them; the only one of an instant query has no step."""
        return range(self.start, self.end + 1, self.step or 1)


class Evaluation:
    """One metric query."""

    def __init__(self, reader: Reader, moments: Moments, max_series: int) -> None:
        self.reader = reader
        self.moments = moments
        self.max_series = max_series

    def run(self, query: ast.Metric) -> list[Vector]:
        """A vector for each moment; QueryError or StoreError."""
        vectors = self.vectors(query)
        series = set[Labels]()
        for vector in vectors:
            series |= vector.keys()
            if len(series) > self.max_series:
                raise LimitError(
                    f"maximum of series ({self.max_series}) reached for a single query"
                )
        return vectors

    def vectors(self, node: ast.Metric) -> list[Vector]:
        """A part of the query."""
        match node:
            case ast.RangeAggregation():
                average = split_average(node)
                return self._binary(average) if average else self._range(node, None)
            case ast.VectorAggregation():
                return self._vector(node)
            case ast.Binary():
                return self._binary(node)
            case ast.LabelReplace():
                return _replaced(node, self.vectors(node.operand))
            case ast.Literal(value) | ast.VectorLiteral(value):
                return [{(): value} for _ in self.moments.times]
            case ast.Invalid(message):
                raise QueryError(message)

    def _vector(self, node: ast.VectorAggregation) -> list[Vector]:
        if node.op == "approx_topk":
            raise NotEnabled("approx_topk is not enabled. See -limits.shard_aggregations")
        inner = node.operand
        vectors = (
            self._range(inner, node.grouping if _groups_early(inner) else None)
            if node.op == "sum" and isinstance(inner, ast.RangeAggregation)
            else self.vectors(inner)
        )
        return [aggregated(node, vector) for vector in vectors]

    def _binary(self, node: ast.Binary) -> list[Vector]:
        if isinstance(node.left, ast.Literal):
            number, vectors = node.left.value, self.vectors(node.right)
            return [with_number(node, each, number, number_left=True) for each in vectors]
        if isinstance(node.right, ast.Literal):
            number, vectors = node.right.value, self.vectors(node.left)
            return [with_number(node, each, number, number_left=False) for each in vectors]
        left, right = self.vectors(node.left), self.vectors(node.right)
        return [combined(node, *pair) for pair in zip(left, right, strict=True)]

    def _range(self, node: ast.RangeAggregation, outer: ast.Grouping | None) -> list[Vector]:
        """Samples by window; `outer` is the grouping of the sum around it."""
        # All of them, so that what is left out or given to the store is known to be sound
        build(node.range.query.stages, Hints())
        node = without_line_formats(node)
        stages = reordered(node.range.query.stages)
        filters, rest = split(stages)
        extractor = Extractor(node, outer, rest)
        if node.op in COUNTED and not node.range.unwrap and is_line_free(rest):
            series = self._counted(node, filters, extractor, bare=not rest)
        else:
            series = self._read(node, filters, extractor)
        vectors: list[Vector] = [{} for _ in self.moments.times]
        if sum(map(len, series.values())) > MOST_POINTS:
            raise LimitError(
                f"the query has more than {MOST_POINTS} points; ask for a longer step, a shorter "
                "time or fewer series"
            )
        for labels, numbers in series.items():
            if numbers:
                _check(labels)
            for index, number in numbers.items():
                vectors[index][labels] = number
        if node.op == "absent_over_time":
            absent = _absent_labels(node)
            return [{} if vector else {absent: 1.0} for vector in vectors]
        return vectors

    def _counted(
        self,
        node: ast.RangeAggregation,
        filters: Sequence[LineFilter],
        extractor: Extractor,
        *,
        bare: bool,
    ) -> dict[Labels, dict[int, float]]:
        """Let the store count, and look at each set of labels once."""
        moments, offset = self.moments, node.range.offset
        counts = self.reader.count(
            node.range.query.matchers,
            filters,
            moments.start - offset,
            moments.end - offset,
            moments.step,
            node.range.interval,
            what="bytes" if node.op.startswith("bytes_") else "entries",
            by_metadata=not (bare and extractor.no_labels),
        )
        totals: dict[Labels, dict[int, float]] = {}
        for (stream, metadata), times in counts.items():
            labels = self._labels(stream, metadata, extractor)
            if labels is None:
                continue
            numbers = totals.setdefault(labels, {})
            for t, number in times.items():
                index = (t + offset - moments.start) // (moments.step or 1)
                numbers[index] = numbers.get(index, 0.0) + number
        if node.op in {"rate", "bytes_rate"}:
            seconds = node.range.interval / 1e9
            for numbers in totals.values():
                for index in numbers:
                    numbers[index] /= seconds
        return totals

    def _labels(self, stream: int, metadata: Metadata, extractor: Extractor) -> Labels | None:
        record = Record(self.reader.labels_of(stream))
        record.begin(0, "", metadata)
        if not all(step(record) for step in extractor.steps):
            return None
        return extractor.labels(record)

    def _read(
        self, node: ast.RangeAggregation, filters: Sequence[LineFilter], extractor: Extractor
    ) -> dict[Labels, dict[int, float]]:
        """Read the lines, and keep of each the time and the value."""
        moments, offset, interval = self.moments, node.range.offset, node.range.interval
        ends = [t - offset for t in moments.times]
        start, end = ends[0] - interval + 1, ends[-1] + 1
        samples: dict[Labels, tuple[array[int], array[float]]] = {}
        records: dict[int, Record] = {}
        kept = 0
        # Moments further apart than the interval leave lines between them that are in no window
        gap = moments.step - interval if moments.step > interval else 0
        entries = self.reader.select(node.range.query.matchers, filters, start, end)
        for stream, (ts, line, metadata) in entries:
            if gap and (ts - start) % moments.step >= interval:
                continue
            record = records.get(stream)
            if record is None:
                record = records[stream] = Record(self.reader.labels_of(stream))
            record.begin(ts, line, metadata)
            value = extractor.value(record)
            if value is None:
                continue
            labels = extractor.labels(record)
            pair = samples.get(labels)
            if pair is None:
                pair = samples[labels] = array("q"), array("d")
            pair[0].append(ts)
            pair[1].append(value)
            kept += 1
            if kept > MOST_SAMPLES:
                raise LimitError(
                    f"the query has more than {MOST_SAMPLES} samples; ask for a shorter time or "
                    "fewer streams"
                )
        return {
            labels: windowed(times, values, ends, node)
            for labels, (times, values) in samples.items()
        }


def _groups_early(node: ast.RangeAggregation) -> bool:
    return node.op in GROUPED_EARLY and node.grouping is None


def _check(labels: Labels) -> None:
    """Refuse the query over a line that could not be read, unless the error was asked for."""
    names = dict(labels)
    if ERROR in names and names.get(PRESERVE_ERROR) != "true":
        raise PipelineError(names[ERROR], shown_labels(names))


def _absent_labels(node: ast.RangeAggregation) -> Labels:
    """What the selector alone says about the series that is not there."""
    labels, unclear = dict[str, str](), set[str]()
    for matcher in node.range.query.matchers:
        if matcher.op == "=" and matcher.name not in labels:
            labels[matcher.name] = matcher.value
        else:
            unclear.add(matcher.name)
    return tuple(sorted((k, v) for k, v in labels.items() if k not in unclear and v))


def _replaced(node: ast.LabelReplace, vectors: list[Vector]) -> list[Vector]:
    from .pipeline.template.functions import expand

    regex = compile_regex(node.pattern, anchored=True)
    known: dict[Labels, Labels] = {}

    def renamed(labels: Labels) -> Labels:
        names = dict(labels)
        found = regex.search(names.get(node.source, ""))
        if found is None:
            return labels
        names.pop(node.target, None)
        value = found.expand(expand(node.replacement))
        if value:
            names[node.target] = value
        return full_key(names)

    result = []
    for vector in vectors:
        made = Vector()
        for labels, value in vector.items():
            if labels not in known:
                known[labels] = renamed(labels)
            made[known[labels]] = value
        result.append(made)
    return result
