"""What Loki makes of a query before it works it out, where answers show it."""

from dataclasses import replace

from . import ast


def split_average(node: ast.RangeAggregation) -> ast.Binary | None:
    """`avg_over_time` that merges series, as Loki splits it up: a sum divided by a count.

    The count is that of all lines, also of those without the unwrapped label, and it is taken before
    the filters that follow `unwrap`.
    """
    if node.op != "avg_over_time" or not (merges(node.grouping) or drops(node)):
        return None
    grouping = node.grouping or ast.Grouping((), without=True)
    of_count = grouping
    if grouping.without and node.range.unwrap:
        labels = (*grouping.labels, node.range.unwrap.label)
        of_count = ast.Grouping(labels, without=True)
    counted = replace(node.range, unwrap=None)
    return ast.Binary(
        "/",
        _sum(ast.RangeAggregation("sum_over_time", node.range, None, None), grouping),
        _sum(ast.RangeAggregation("count_over_time", counted, None, None), of_count),
        return_bool=False,
        matching=ast.Matching(),
    )


def _sum(operand: ast.Metric, grouping: ast.Grouping) -> ast.VectorAggregation:
    return ast.VectorAggregation("sum", operand, 0, grouping)


def merges(grouping: ast.Grouping | None) -> bool:
    """Whether a grouping can make two series one; `without ()` cannot."""
    return grouping is not None and not (grouping.without and not grouping.labels)


def drops(node: ast.RangeAggregation) -> bool:
    """Whether a stage can make two series one."""
    return any(
        isinstance(stage, ast.Keep | ast.Drop)
        or (isinstance(stage, ast.LabelFormat) and not all(made for *_, made in stage.formats))
        for stage in node.range.query.stages
    )


READS_LINE = (
    ast.JsonParser,
    ast.JsonFields,
    ast.LogfmtParser,
    ast.LogfmtFields,
    ast.RegexpParser,
    ast.PatternParser,
    ast.UnpackParser,
    ast.LineFilters,
)


def without_line_formats(node: ast.RangeAggregation) -> ast.RangeAggregation:
    """The aggregation without each `line_format` whose line nothing looks at any more."""
    if node.op in {"bytes_over_time", "bytes_rate"}:
        return node
    stages = node.range.query.stages
    kept = tuple(
        stage
        for index, stage in enumerate(stages)
        if not isinstance(stage, ast.LineFormat)
        or any(isinstance(later, READS_LINE) for later in stages[index:])
    )
    if len(kept) == len(stages):
        return node
    query = replace(node.range.query, stages=kept)
    return replace(node, range=replace(node.range, query=query))
