"""Aggregations as they are written, checked for what Loki allows."""

from . import ast
from .units import parse_float

TAKES_GROUPING = {
    f"{name}_over_time"
    for name in ("avg", "stddev", "stdvar", "quantile", "max", "min", "first", "last")
}
TAKES_UNWRAP = TAKES_GROUPING | {"sum_over_time", "rate", "rate_counter", "absent_over_time"}
TAKES_LINES = {"bytes_over_time", "bytes_rate", "count_over_time", "rate", "absent_over_time"}


def range_aggregation(  # noqa: PLR0911 - one fault after another
    op: str, text: str | None, inner: ast.LogRange, grouping: ast.Grouping | None
) -> ast.Metric:
    """`rate(…)`, or an Invalid that says why not."""
    parameter = None
    if text is not None and op != "quantile_over_time":
        return ast.Invalid(f"parameter {text} not supported for operation {op}")
    if text is None and op == "quantile_over_time":
        return ast.Invalid(f"parameter required for operation {op}")
    if text is not None:
        try:
            parameter = parse_float(text)
        except ValueError as error:
            return ast.Invalid(f"invalid parameter for operation {op}: {error}")
    if grouping and op not in TAKES_GROUPING:
        return ast.Invalid(f"grouping not allowed for {op} aggregation")
    if inner.unwrap and op not in TAKES_UNWRAP:
        return ast.Invalid(f"invalid aggregation {op} with unwrap")
    if not inner.unwrap and op not in TAKES_LINES:
        return ast.Invalid(f"invalid aggregation {op} without unwrap")
    return ast.RangeAggregation(op, inner, parameter, grouping)


def vector_aggregation(
    op: str, text: str | None, operand: ast.Metric, grouping: ast.Grouping | None
) -> ast.Metric:
    """`sum by (…) (…)`, or an Invalid that says why not."""
    parameter = 0
    if op in {"topk", "bottomk", "approx_topk"}:
        if text is None:
            return ast.Invalid(f"parameter required for operation {op}")
        if not text.isdecimal():
            return ast.Invalid(f"invalid parameter {op}({text},")
        parameter = int(text)
        if parameter <= 0:
            return ast.Invalid(f"invalid parameter (must be greater than 0) {op}({text}")
        if op == "approx_topk" and grouping:
            return ast.Invalid(f"grouping not allowed for {op} aggregation")
    elif text is not None:
        return ast.Invalid(f"unsupported parameter for operation {op}({text},")
    return ast.VectorAggregation(
        op, operand, parameter, grouping or ast.Grouping((), without=False)
    )
