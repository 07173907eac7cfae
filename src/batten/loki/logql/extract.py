"""Lines of a metric query into samples: a value each, and the labels of its series."""

from collections.abc import Callable, Sequence

from . import ast
from .pipeline.build import Step, build, conditions_of, early_tests, required_names
from .pipeline.conditions import condition_test, names_in
from .pipeline.hints import metric_hints
from .pipeline.record import Record
from .rewrite import drops, merges
from .series import Labels, full_key, labels_key
from .units import byte_size, go_duration, parse_float

SAMPLE_ERROR = "SampleExtractionErr"
UNSHARDED = {f"{name}_over_time" for name in ("stddev", "stdvar", "quantile", "first", "last")} | {
    "rate_counter"
}
# Outer sums of these are grouped while lines are read: what is not grouped by is not parsed
GROUPED_EARLY = {"bytes_over_time", "bytes_rate", "sum_over_time", "rate", "count_over_time"}


def _seconds(text: str) -> float:
    nanoseconds = go_duration(text)
    whole = int(nanoseconds / 10**9) if abs(nanoseconds) < 1 << 52 else nanoseconds // 10**9
    return whole + (nanoseconds - whole * 10**9) / 1e9


_CONVERSIONS: dict[str, Callable[[str], float]] = {
    "": parse_float,
    "bytes": lambda text: float(byte_size(text)),
    "duration": _seconds,
    "duration_seconds": _seconds,
}


class Extractor:
    """`steps` may be fewer than the query's stages, where the store has done the rest."""

    def __init__(
        self, node: ast.RangeAggregation, outer: ast.Grouping | None, stages: Sequence[ast.Stage]
    ) -> None:
        grouping = outer or node.grouping
        self.groups = tuple(sorted(grouping.labels)) if grouping else ()
        self.without = bool(grouping and grouping.without)
        self.no_labels = node.op == "absent_over_time" or bool(
            grouping and not grouping.without and not grouping.labels
        )
        self.unwrap = node.range.unwrap
        # What Loki puts together from its shards loses empty labels on the way
        merged = node.op not in UNSHARDED and (merges(node.grouping) or drops(node))
        self.key = full_key if merged else labels_key
        self.counts = not node.op.startswith("bytes_")
        names, conditions = required_names(node.range.query.stages), _conditions(node)
        if self.unwrap:
            for condition in self.unwrap.filters:
                names += names_in(condition)
            if not self.groups or self.without:
                self.without = True
                self.groups = (*self.groups, self.unwrap.label)
            names.append(self.unwrap.label)
        self.hints = metric_hints(
            names,
            self.groups,
            early_tests(conditions),
            without=self.without,
            no_labels=self.no_labels,
        )
        self.steps: list[Step] = build(stages, self.hints)
        self.filters = (
            [condition_test(condition, "") for condition in self.unwrap.filters]
            if self.unwrap
            else []
        )

    def value(self, record: Record) -> float | None:
        """The sample's value, or None where the line gives none."""
        for step in self.steps:
            if not step(record):
                return None
        if self.unwrap:
            return self._unwrapped(record, self.unwrap)
        return 1.0 if self.counts else float(len(record.line.encode()))

    def _unwrapped(self, record: Record, unwrap: ast.Unwrap) -> float | None:
        text = record.get(unwrap.label)
        if not text:
            return None
        value = 0.0
        try:
            value = _CONVERSIONS[unwrap.conversion](text)
        except ValueError as error:
            record.fail(SAMPLE_ERROR, str(error))
        if not all([test(record) for test in self.filters]):  # noqa: C419 - each may mark the line
            return None
        return value

    def labels(self, record: Record) -> Labels:
        """The labels of the sample's series; those of a faulty line are never grouped."""
        if record.error:
            return labels_key(record.labels())
        if self.no_labels:
            return ()
        if not self.groups:
            return self.key(record.labels())
        if self.without:
            labels = record.labels()
            return self.key({k: v for k, v in labels.items() if k not in self.groups})
        found = ((name, record.get(name)) for name in self.groups if name not in record.gone)
        return tuple((name, value) for name, value in found if value is not None)


def _conditions(node: ast.RangeAggregation) -> list[ast.Condition]:
    after = node.range.unwrap.filters if node.range.unwrap else ()
    return [*conditions_of(node.range.query.stages), *after]
