"""`sum by (level) (…)`, `topk(3, …)`: the samples of one moment into fewer."""

import math
from collections.abc import Callable

from .ast import Grouping, VectorAggregation
from .series import Labels, Vector, dropped, picked


def group_of(labels: Labels, grouping: Grouping) -> Labels:
    """The labels of the group that a series falls into."""
    if grouping.without:
        return dropped(labels, grouping.labels)
    return picked(labels, grouping.labels)


def aggregated(node: VectorAggregation, vector: Vector) -> Vector:
    """The vector by groups; `topk` and `sort` keep the series' own labels."""
    groups: dict[Labels, list[tuple[Labels, float]]] = {}
    for labels, value in vector.items():
        groups.setdefault(group_of(labels, node.grouping), []).append((labels, value))
    if node.op in {"topk", "bottomk", "sort", "sort_desc"}:
        return _ordered(node, groups)
    run = _SINGLE[node.op]
    return {labels: run([value for _, value in group]) for labels, group in groups.items()}


def _ordered(node: VectorAggregation, groups: dict[Labels, list[tuple[Labels, float]]]) -> Vector:
    descending = node.op in {"topk", "sort_desc"}
    most = node.parameter if node.op in {"topk", "bottomk"} else None
    result = Vector()
    for group in groups.values():
        ranked = sorted(group, key=lambda item: _rank(item[1], descending=descending))
        result.update(ranked[:most])
    return result


def _rank(value: float, *, descending: bool) -> tuple[bool, float]:
    """NaN comes last either way."""
    if math.isnan(value):
        return True, 0.0
    return False, -value if descending else value


def _sum(values: list[float]) -> float:
    total = values[0]
    for value in values[1:]:
        total += value
    return total


def _mean(values: list[float]) -> float:
    mean = values[0]
    for count, value in enumerate(values[1:], start=2):
        mean += (value - mean) / count
    return mean


def _maximum(values: list[float]) -> float:
    best = values[0]
    for value in values[1:]:
        if best < value or math.isnan(best):
            best = value
    return best


def _minimum(values: list[float]) -> float:
    best = values[0]
    for value in values[1:]:
        if best > value or math.isnan(best):
            best = value
    return best


def _variance(values: list[float]) -> float:
    mean, sums = values[0], 0.0
    for count, value in enumerate(values[1:], start=2):
        delta = value - mean
        mean += delta / count
        sums += delta * (value - mean)
    return sums / len(values)


_SINGLE: dict[str, Callable[[list[float]], float]] = {
    "sum": _sum,
    "avg": _mean,
    "max": _maximum,
    "min": _minimum,
    "count": lambda values: float(len(values)),
    "stddev": lambda values: math.sqrt(_variance(values)),
    "stdvar": _variance,
}
