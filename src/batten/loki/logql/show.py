"""Parts of a query as Loki writes them back, for its error messages."""

from batten.loki.store import Matcher

from . import ast
from .units import format_float, go_quote


def shown_matcher(matcher: Matcher) -> str:
    """`name="value"`."""
    return f"{matcher.name}{matcher.op}{go_quote(matcher.value)}"


def shown_labels(labels: dict[str, str]) -> str:
    """`{a="1", b="2"}` in the order of the names."""
    pairs = ", ".join(f"{name}={go_quote(labels[name])}" for name in sorted(labels))
    return "{" + pairs + "}"


def _shown_filter(line_filter: ast.LineFilter) -> str:
    values = [
        f"ip({go_quote(value)})" if is_ip else go_quote(value)
        for value, is_ip in zip(line_filter.values, line_filter.is_ip, strict=True)
    ]
    if line_filter.op in {"|=", "|~", "|>"}:
        return f"{line_filter.op} {' or '.join(values)}"
    return " ".join(f"{line_filter.op} {value}" for value in values)


def _shown_condition(condition: ast.Condition) -> str:
    match condition:
        case ast.TextCondition(matcher):
            return shown_matcher(matcher)
        case ast.IpCondition(label, op, pattern):
            return f"{label}{op}ip({go_quote(pattern)})"
        case ast.AmountCondition(_, label, op, value):
            return f"{label}{op}{format_float(float(value))}"
        case ast.JointCondition(left, right, both):
            word = "," if both else "or"
            return f"( {_shown_condition(left)} {word} {_shown_condition(right)} )"


def _shown_extractions(extractions: tuple[ast.Extraction, ...]) -> str:
    return ",".join(f"{part.name}={go_quote(part.expression)}" for part in extractions)


def shown_stage(stage: ast.Stage) -> str:  # noqa: PLR0911 - one line for each kind
    """A stage from its bar on; only those that can fail to be built are ever shown."""
    match stage:
        case ast.LineFilters(filters):
            return " ".join(map(_shown_filter, filters))
        case ast.LabelFilter(condition):
            return f"| {_shown_condition(condition)}"
        case ast.LineFormat(template):
            return f"| line_format {go_quote(template)}"
        case ast.LabelFormat(formats):
            parts = ",".join(
                f"{name}={go_quote(source) if is_template else source}"
                for name, source, is_template in formats
            )
            return f"| label_format {parts}"
        case ast.JsonFields(extractions):
            return f"| json {_shown_extractions(extractions)}"
        case ast.LogfmtFields(extractions, strict, keep_empty):
            flags = ("--strict " if strict else "") + ("--keep-empty " if keep_empty else "")
            return f"| logfmt {flags}{_shown_extractions(extractions)}"
        case _:
            return f"| {type(stage).__name__}"
