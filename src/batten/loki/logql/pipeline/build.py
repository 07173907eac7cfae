"""A query's stages as functions of a record, in the order in which Loki runs them."""

from collections.abc import Callable, Sequence

from batten.loki.logql import ast
from batten.loki.logql.show import shown_stage

from .captures import PatternStage, RegexpStage, UnpackStage
from .conditions import condition_test, names_in
from .formats import DropStage, KeepStage, LabelFormatStage, LineFormatStage, decolorize
from .hints import Hints, Test
from .json_fields import JsonFieldsStage
from .json_parser import JsonStage
from .line_filters import filters_stage
from .logfmt import LogfmtFieldsStage, LogfmtStage
from .record import Record

Step = Callable[[Record], bool]


def reordered(stages: Sequence[ast.Stage]) -> list[ast.Stage]:
    """Line filters before what reads the line, as far as that changes no answer.

    They stay behind a label filter, and behind what rewrites the line.
    """
    result, filters, others = list[ast.Stage](), list[ast.LineFilter](), list[ast.Stage]()

    def flush() -> None:
        if filters:
            result.append(ast.LineFilters(tuple(filters)))
        result.extend(others)
        filters.clear()
        others.clear()

    for stage in stages:
        if isinstance(stage, ast.LabelFilter):
            flush()
            result.append(stage)
        elif isinstance(stage, ast.LineFilters):
            filters.extend(stage.filters)
        else:
            others.append(stage)
            if isinstance(stage, ast.LineFormat | ast.UnpackParser):
                flush()
    flush()
    return result


def build(stages: Sequence[ast.Stage], hints: Hints) -> list[Step]:
    """The steps of a pipeline; StageError for a stage that cannot be built."""
    return [_step(stage, hints) for stage in stages]


def _step(stage: ast.Stage, hints: Hints) -> Step:  # noqa: C901, PLR0911, PLR0912 - one line for each kind
    shown = shown_stage(stage)
    match stage:
        case ast.LineFilters():
            return filters_stage(stage, shown)
        case ast.LabelFilter(condition):
            return condition_test(condition, shown)
        case ast.JsonParser():
            return JsonStage(hints)
        case ast.JsonFields():
            return JsonFieldsStage(stage, shown, hints)
        case ast.LogfmtParser():
            return LogfmtStage(stage, hints)
        case ast.LogfmtFields():
            return LogfmtFieldsStage(stage, shown, hints)
        case ast.RegexpParser():
            return RegexpStage(stage, hints)
        case ast.PatternParser():
            return PatternStage(stage, hints)
        case ast.UnpackParser():
            return UnpackStage(hints)
        case ast.LineFormat():
            return LineFormatStage(stage, shown)
        case ast.LabelFormat():
            return LabelFormatStage(stage, shown)
        case ast.Decolorize():
            return decolorize
        case ast.Drop(labels):
            return DropStage(labels)
        case ast.Keep(labels):
            return KeepStage(labels)


def required_names(stages: Sequence[ast.Stage]) -> list[str]:
    """The labels that stages look at."""
    names = list[str]()
    for stage in stages:
        match stage:
            case ast.LabelFilter(condition):
                names += names_in(condition)
            case ast.LineFormat():
                names += LineFormatStage(stage, shown_stage(stage)).names
            case ast.LabelFormat():
                names += LabelFormatStage(stage, shown_stage(stage)).names
            case _:
                pass
    return names


def conditions_of(stages: Sequence[ast.Stage]) -> list[ast.Condition]:
    """The conditions of the label filters among stages."""
    return [stage.condition for stage in stages if isinstance(stage, ast.LabelFilter)]


def early_tests(conditions: Sequence[ast.Condition]) -> dict[str, Test]:
    """Conditions on a single label, by that label: they are asked as soon as it is read."""
    tests = dict[str, Test]()
    for condition in conditions:
        if not isinstance(condition, ast.JointCondition):
            for name in names_in(condition):
                tests.setdefault(name, condition_test(condition, ""))
    return tests
