"""Samples of a range, `[5m]`, into one number for each moment."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from .ast import RangeAggregation

Aggregate = Callable[[Sequence[int], Sequence[float], int], float]
"""Times, values and the end of the window, all in nanoseconds, into a number."""


def aggregate(node: RangeAggregation) -> Aggregate:  # noqa: C901, PLR0911, PLR0912 - one line for each operation
    """What an operation makes of the samples of one window, of which there is at least one."""
    seconds = node.range.interval / 1e9
    match node.op:
        case "count_over_time":
            return lambda _, values, __: float(len(values))
        case "rate":
            if node.range.unwrap:
                return lambda _, values, __: _divided(_sum(values), seconds)
            return lambda _, values, __: _divided(float(len(values)), seconds)
        case "bytes_over_time" | "sum_over_time":
            return lambda _, values, __: _sum(values)
        case "bytes_rate":
            return lambda _, values, __: _divided(_sum(values), seconds)
        case "rate_counter":
            return lambda times, values, _: _rate_counter(times, values, node.range.interval)
        case "avg_over_time":
            return lambda _, values, __: _mean(values)
        case "max_over_time":
            return lambda _, values, __: _extreme(values, lambda new, old: new > old)
        case "min_over_time":
            return lambda _, values, __: _extreme(values, lambda new, old: new < old)
        case "stdvar_over_time":
            return lambda _, values, __: _variance(values)
        case "stddev_over_time":
            return lambda _, values, __: math.sqrt(_variance(values))
        case "quantile_over_time":
            return lambda _, values, __: _quantile(node.parameter or 0.0, values)
        case "first_over_time":
            return lambda _, values, __: values[0]
        case "last_over_time":
            return lambda _, values, __: values[-1]
        case _:
            return lambda _, __, ___: 1.0


def _divided(value: float, seconds: float) -> float:
    if seconds:
        return value / seconds
    return math.nan if not value else math.inf


def _sum(values: Sequence[float]) -> float:
    # Not math.fsum: Go adds in order, and the last digits tell
    total = 0.0
    for value in values:
        total += value
    return total


def _mean(values: Sequence[float]) -> float:
    mean = 0.0
    for count, value in enumerate(values, start=1):
        if math.isinf(mean):
            if math.isinf(value) and (mean > 0) == (value > 0):
                continue
            if math.isfinite(value):
                continue
        mean += value / count - mean / count
    return mean


def _extreme(values: Sequence[float], better: Callable[[float, float], bool]) -> float:
    best = values[0]
    for value in values:
        if better(value, best) or math.isnan(best):
            best = value
    return best


def _variance(values: Sequence[float]) -> float:
    sums = mean = 0.0
    for count, value in enumerate(values, start=1):
        delta = value - mean
        mean += delta / count
        sums += delta * (value - mean)
    return sums / len(values)


def _quantile(quantile: float, values: Sequence[float]) -> float:
    if quantile < 0:
        return -math.inf
    if quantile > 1:
        return math.inf
    ordered = sorted(values)
    rank = quantile * (len(ordered) - 1)
    lower = max(0, math.floor(rank))
    upper = min(len(ordered) - 1, lower + 1)
    weight = rank - math.floor(rank)
    return ordered[lower] * (1 - weight) + ordered[upper] * weight


def _rate_counter(times: Sequence[int], values: Sequence[float], interval: int) -> float:
    """The increase each second of a counter that may have begun anew.

    As Loki 3.4 does it: the window begins one interval before the first sample, which it takes for
    milliseconds where they are nanoseconds, and ends at the last.
    """
    if len(values) < 2:
        return 0.0
    increase = values[-1] - values[0]
    last = 0.0
    for value in values:
        if value < last:
            increase += last
        last = value
    to_start = interval // 1_000_000 / 1000
    sampled = (times[-1] - times[0]) / 1000
    if not sampled:
        return math.nan
    average = sampled / (len(values) - 1)
    if increase > 0 and values[0] >= 0:
        to_start = min(to_start, sampled * (values[0] / increase))
    threshold = average * 1.1
    reach = sampled + (to_start if to_start < threshold else average / 2)
    return _divided(increase * (reach / sampled), interval / 1e9)


def windowed(
    times: Sequence[int], values: Sequence[float], ends: Sequence[int], node: RangeAggregation
) -> dict[int, float]:
    """The number at each of `ends` (its index) whose window `(end - interval, end]` has samples."""
    run, interval = aggregate(node), node.range.interval
    result = dict[int, float]()
    # Most series of a query with parsers live for a few moments only
    begin, stop = bisect_left(ends, times[0]), bisect_left(ends, times[-1] + interval)
    for index in range(begin, stop):
        end = ends[index]
        first, last = bisect_right(times, end - interval), bisect_right(times, end)
        if first < last:
            result[index] = run(times[first:last], values[first:last], end)
    return result
