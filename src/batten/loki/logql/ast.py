"""A query as a tree of frozen nodes. Durations are nanoseconds, sizes are bytes."""

from dataclasses import dataclass

from batten.loki.store import Matcher


@dataclass(frozen=True, slots=True)
class LineFilter:
    """`|= "a" or "b"`: the line must match one of the values; `!=` none of them."""

    op: str
    values: tuple[str, ...]
    is_ip: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class LineFilters:
    """Filters without anything between them, all of which must hold."""

    filters: tuple[LineFilter, ...]


@dataclass(frozen=True, slots=True)
class JsonParser:
    """`| json`."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """`name="expression"` after `json` or `logfmt`."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class JsonFields:
    """`| json status="response.code"`."""

    extractions: tuple[Extraction, ...]


@dataclass(frozen=True, slots=True)
class LogfmtParser:
    """`| logfmt`."""

    strict: bool
    keep_empty: bool


@dataclass(frozen=True, slots=True)
class LogfmtFields:
    """`| logfmt status="code"`."""

    extractions: tuple[Extraction, ...]
    strict: bool
    keep_empty: bool


@dataclass(frozen=True, slots=True)
class RegexpParser:
    """`| regexp "(?P<status>…)"`."""

    pattern: str


@dataclass(frozen=True, slots=True)
class PatternParser:
    """`| pattern "<method> <_>"`."""

    pattern: str


@dataclass(frozen=True, slots=True)
class UnpackParser:
    """`| unpack`."""


@dataclass(frozen=True, slots=True)
class LineFormat:
    """`| line_format "{{.status}}"`."""

    template: str


@dataclass(frozen=True, slots=True)
class LabelFormat:
    """`| label_format new=old, other="{{.status}}"`: name, source, whether it is a template."""

    formats: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Decolorize:
    """`| decolorize`."""


@dataclass(frozen=True, slots=True)
class Drop:
    """`| drop level, status="200"`."""

    labels: tuple[str | Matcher, ...]


@dataclass(frozen=True, slots=True)
class Keep:
    """`| keep level, status="200"`."""

    labels: tuple[str | Matcher, ...]


@dataclass(frozen=True, slots=True)
class TextCondition:
    """`level="error"`; a label that is missing counts as empty."""

    matcher: Matcher


@dataclass(frozen=True, slots=True)
class AmountCondition:
    """`status >= 500`, `took > 1s`, `size < 10KB`: `kind` says how the label is read."""

    kind: str
    label: str
    op: str
    value: float


@dataclass(frozen=True, slots=True)
class IpCondition:
    """`address = ip("10.0.0.0/8")`."""

    label: str
    op: str
    pattern: str


@dataclass(frozen=True, slots=True)
class JointCondition:
    """Two conditions of which both (`and`, a comma, nothing) or either (`or`) must hold."""

    left: "Condition"
    right: "Condition"
    both: bool


Condition = TextCondition | AmountCondition | IpCondition | JointCondition


@dataclass(frozen=True, slots=True)
class LabelFilter:
    """`| status >= 500 and method="GET"`."""

    condition: Condition


Stage = (
    LineFilters
    | JsonParser
    | JsonFields
    | LogfmtParser
    | LogfmtFields
    | RegexpParser
    | PatternParser
    | UnpackParser
    | LineFormat
    | LabelFormat
    | Decolorize
    | Drop
    | Keep
    | LabelFilter
)


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A selector and what is done to each of its lines."""

    matchers: tuple[Matcher, ...]
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Unwrap:
    """`| unwrap duration(took) | __error__=""`; `conversion` is empty, `bytes` or `duration…`."""

    label: str
    conversion: str
    filters: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class LogRange:
    """The lines of the last `interval`, `offset` ago."""

    query: LogQuery
    interval: int
    offset: int
    unwrap: Unwrap | None


@dataclass(frozen=True, slots=True)
class Grouping:
    """`by (a, b)` or `without (a, b)`."""

    labels: tuple[str, ...]
    without: bool


@dataclass(frozen=True, slots=True)
class RangeAggregation:
    """`rate({…}[5m])`."""

    op: str
    range: LogRange
    parameter: float | None
    grouping: Grouping | None


@dataclass(frozen=True, slots=True)
class VectorAggregation:
    """`sum by (level) (…)`."""

    op: str
    operand: "Metric"
    parameter: int
    grouping: Grouping


@dataclass(frozen=True, slots=True)
class Matching:
    """How series of the two sides of an operator find each other."""

    on: bool = False
    labels: tuple[str, ...] = ()
    # "one-to-one", "group_left" or "group_right"
    group: str = "one-to-one"
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """`left op right`."""

    op: str
    left: "Metric"
    right: "Metric"
    return_bool: bool
    matching: Matching


@dataclass(frozen=True, slots=True)
class Literal:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class VectorLiteral:
    """`vector(1)`."""

    value: float


@dataclass(frozen=True, slots=True)
class LabelReplace:
    """`label_replace(…, "new", "$1", "old", "(.*)")`."""

    operand: "Metric"
    target: str
    replacement: str
    source: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """A part that reads well and means nothing; it is an error only if nothing else is."""

    message: str


Metric = (
    RangeAggregation | VectorAggregation | Binary | Literal | VectorLiteral | LabelReplace | Invalid
)
Query = LogQuery | Metric
