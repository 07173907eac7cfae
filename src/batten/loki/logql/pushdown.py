"""What of a pipeline the store can do itself."""

from collections.abc import Sequence

from batten.loki.store import LineFilter

from . import ast

LINE_FREE = (ast.LabelFilter, ast.Drop, ast.Keep)
REWRITES = (ast.LineFormat, ast.UnpackParser, ast.Decolorize)
SIGNS = {"|=", "!=", "|~", "!~"}


def split(stages: Sequence[ast.Stage]) -> tuple[list[LineFilter], list[ast.Stage]]:
    """Line filters for the store, and the stages that are left.

    A filter can be asked first as long as nothing before it rewrites the line.
    """
    filters, rest, rewritten = list[LineFilter](), list[ast.Stage](), False
    for stage in stages:
        if isinstance(stage, ast.LineFilters) and not rewritten:
            kept = [each for each in stage.filters if not _stores(each)]
            filters += [
                LineFilter(each.op, each.values)  # type: ignore[arg-type]  # one of SIGNS
                for each in stage.filters
                if _stores(each)
            ]
            if kept:
                rest.append(ast.LineFilters(tuple(kept)))
            continue
        rewritten = rewritten or isinstance(stage, REWRITES)
        rest.append(stage)
    return filters, rest


def _stores(line_filter: ast.LineFilter) -> bool:
    return line_filter.op in SIGNS and not any(line_filter.is_ip)


def is_line_free(stages: Sequence[ast.Stage]) -> bool:
    """Whether the stages look at labels only, so that lines need not be read to be counted."""
    return all(
        isinstance(stage, LINE_FREE)
        or (isinstance(stage, ast.LabelFormat) and not any(made for *_, made in stage.formats))
        for stage in stages
    )
