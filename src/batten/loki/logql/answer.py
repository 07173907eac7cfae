"""Results as JSON, in the shape and the order of Loki's answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from . import ast
from .evaluate import Moments
from .series import Labels, Vector
from .streams import Line
from .units import format_float

CATEGORIZE = "categorize-labels"


def encoded(kind: str, result: Any, stats: Mapping[str, Any], flags: Sequence[str] = ()) -> bytes:  # noqa: ANN401
    """A whole answer; JSON as Loki writes it, with `<`, `>` and `&` in lines escaped or not."""
    data: dict[str, Any] = {"resultType": kind}
    if flags:
        data["encodingFlags"] = list(flags)
    data |= {"result": result, "stats": stats}
    return msgspec.json.encode({"status": "success", "data": data})


def streams_result(streams: Mapping[Labels, Sequence[Line]], *, categorize: bool) -> list[Any]:
    """Streams with their lines; metadata and parsed labels apart where that was asked for."""
    return [
        {"stream": dict(labels), "values": [_value(line, categorize=categorize) for line in lines]}
        for labels, lines in streams.items()
    ]


def _value(line: Line, *, categorize: bool) -> list[Any]:
    if not categorize:
        return [str(line.ts), line.text]
    extra = {"structuredMetadata": line.metadata, "parsed": line.parsed}
    shown = {name: dict(sorted(labels.items())) for name, labels in extra.items() if labels}
    return [str(line.ts), line.text, shown]


def seconds(ns: int) -> float | int:
    """A time as Prometheus writes it: seconds, with milliseconds where there are any."""
    whole, rest = divmod(ns // 1_000_000, 1000)
    return whole + rest / 1000 if rest else whole


def matrix_result(vectors: Sequence[Vector], moments: Moments) -> list[Any]:
    """The series by labels, each with its samples by time."""
    series: dict[Labels, list[Any]] = {}
    for t, vector in zip(moments.times, vectors, strict=True):
        at = seconds(t)
        for labels, value in vector.items():
            series.setdefault(labels, []).append([at, format_float(value)])
    return [{"metric": dict(labels), "values": series[labels]} for labels in sorted(series)]


def vector_result(query: ast.Metric, vector: Vector, t: int) -> list[Any]:
    """The samples by labels, or in the order that `sort` gave them."""
    at = seconds(t)
    order = list(vector) if _is_sorted(query) else sorted(vector)
    return [
        {"metric": dict(labels), "value": [at, format_float(vector[labels])]} for labels in order
    ]


def _is_sorted(node: ast.Metric) -> bool:
    match node:
        case ast.VectorAggregation(op, operand):
            return op in {"sort", "sort_desc"} or _is_sorted(operand)
        case ast.Binary(_, left, right):
            return _is_sorted(left) or _is_sorted(right)
        case ast.LabelReplace(operand):
            return _is_sorted(operand)
        case _:
            return False
