"""What each rule of the grammar makes. Called by the parser as it goes, so the first fault is told."""

# A method is its rule in grammar.lark, whose parts come as the rule has them: of any type
# ruff: noqa: ANN401, D102

from dataclasses import replace
from typing import Any

from lark import Transformer, v_args

from batten.loki.store import Matcher

from . import ast
from .aggregations import range_aggregation, vector_aggregation
from .chain import Chain, Modifier, chained, condition, settled
from .errors import ParseError
from .lexer import Lexeme
from .pattern import check_pattern
from .regex import check_groups, compile_regex
from .units import parse_float, rounded_size

CONVERSIONS = {"BYTES_CONV": "bytes", "DURATION_CONV": "duration"}


def _number(text: str, what: str) -> float:
    try:
        return parse_float(text)
    except ValueError as error:
        raise ParseError(f"unable to parse {what} as a float: {error}") from None


@v_args(inline=True)
class Build(Transformer[Lexeme, ast.Query]):
    """One method for each rule."""

    def start(self, value: Any) -> ast.Query:
        query: ast.Query = settled(value)
        return query

    def expr(self, value: Any) -> Any:
        return value

    metric_expr = binary_expr = label_value = expr
    stage = unit_filter = filter_op = vector = expr

    def second(self, _: Lexeme, value: Any, *_rest: Lexeme) -> Any:
        return value

    def parenthesised(self, _: Lexeme, value: Any, _close: Lexeme) -> Any:
        return settled(value)

    def log_query(self, matchers: tuple[Matcher, ...], stages: Any = ()) -> ast.LogQuery:
        return ast.LogQuery(matchers, tuple(stages))

    # Selectors

    def selector(self, _: Lexeme, *rest: Any) -> tuple[Matcher, ...]:
        return tuple(rest[0]) if len(rest) == 2 else ()

    def matchers(self, *parts: Any) -> list[Matcher]:
        return _listed(parts)

    def matcher(self, name: Lexeme, op: Lexeme, value: Lexeme) -> Matcher:
        sign = {"EQ": "=", "NEQ": "!=", "RE": "=~", "NRE": "!~"}[op.type]
        if sign in {"=~", "!~"}:
            compile_regex(str(value.value), anchored=True)
        return Matcher(str(name.value), sign, str(value.value))  # type: ignore[arg-type]  # one of four

    # Pipelines

    def pipeline(self, *parts: Any) -> list[ast.Stage]:
        return _listed(parts)

    def filter_sign(self, sign: Lexeme) -> str:
        return str(sign.value)

    def alternative(self, value: Lexeme, *rest: Any) -> list[tuple[str, bool]]:
        return [(str(value.value), False), *(rest[-1] if rest else [])]

    def alternative_ip(self, _: Lexeme, _open: Lexeme, value: Lexeme, _close: Lexeme) -> Any:
        return [(str(value.value), True)]

    def line_filter(self, op: str, value: Lexeme) -> ast.LineFilter:
        return ast.LineFilter(op, (str(value.value),), (False,))

    def line_filter_ip(
        self, op: str, _: Lexeme, _open: Lexeme, value: Lexeme, _close: Lexeme
    ) -> Any:
        return ast.LineFilter(op, (str(value.value),), (True,))

    def line_filter_or(
        self, left: ast.LineFilter, _: Lexeme, alternatives: list[tuple[str, bool]]
    ) -> ast.LineFilter:
        pairs = [*zip(left.values, left.is_ip, strict=True), *alternatives]
        if left.op in {"|=", "|~"}:
            # Loki takes an alternative that any line matches out of the choice
            pairs = [pair for pair in pairs if pair[0] not in {"", ".*"}] or pairs[:1]
        return ast.LineFilter(left.op, *zip(*pairs, strict=True))

    def line_filters(self, first: Any, second: ast.LineFilter | None = None) -> ast.LineFilters:
        if second is None:
            return ast.LineFilters((first,))
        return ast.LineFilters((*first.filters, second))

    def flags(self, *parts: Any) -> list[str]:
        return [*(parts[0] if len(parts) == 2 else []), str(parts[-1].value)]

    def logfmt_parser(self, _: Lexeme, flags: list[str] | None = None) -> ast.LogfmtParser:
        return ast.LogfmtParser(
            strict="--strict" in (flags or []), keep_empty="--keep-empty" in (flags or [])
        )

    def json_parser(self, _: Lexeme) -> ast.JsonParser:
        return ast.JsonParser()

    def unpack_parser(self, _: Lexeme) -> ast.UnpackParser:
        return ast.UnpackParser()

    def regexp_parser(self, _: Lexeme, value: Lexeme) -> ast.RegexpParser:
        try:
            check_groups(str(value.value))
        except ValueError as error:
            raise ParseError(f"invalid regexp parser: {error}") from None
        return ast.RegexpParser(str(value.value))

    def pattern_parser(self, _: Lexeme, value: Lexeme) -> ast.PatternParser:
        try:
            check_pattern(str(value.value))
        except ValueError as error:
            raise ParseError(f"invalid pattern parser: {error}") from None
        return ast.PatternParser(str(value.value))

    def extraction(self, name: Lexeme, *rest: Lexeme) -> ast.Extraction:
        return ast.Extraction(str(name.value), str((rest[-1] if rest else name).value))

    def extractions(self, *parts: Any) -> list[ast.Extraction]:
        return _listed(parts)

    def json_fields(self, _: Lexeme, extractions: list[ast.Extraction]) -> ast.JsonFields:
        return ast.JsonFields(tuple(extractions))

    def logfmt_fields(self, _: Lexeme, *rest: Any) -> ast.LogfmtFields:
        flags = rest[0] if len(rest) == 2 else []
        return ast.LogfmtFields(tuple(rest[-1]), "--strict" in flags, "--keep-empty" in flags)

    def line_format(self, _: Lexeme, template: Lexeme) -> ast.LineFormat:
        return ast.LineFormat(str(template.value))

    def decolorize(self, _: Lexeme) -> ast.Decolorize:
        return ast.Decolorize()

    def rename(self, name: Lexeme, _: Lexeme, source: Lexeme) -> tuple[str, str, bool]:
        return str(name.value), str(source.value), False

    def rewrite(self, name: Lexeme, _: Lexeme, template: Lexeme) -> tuple[str, str, bool]:
        return str(name.value), str(template.value), True

    def formats(self, *parts: Any) -> list[tuple[str, str, bool]]:
        return _listed(parts)

    def label_format(self, _: Lexeme, formats: list[tuple[str, str, bool]]) -> ast.LabelFormat:
        return ast.LabelFormat(tuple(formats))

    def label_name(self, name: Lexeme) -> str:
        return str(name.value)

    named_matcher = expr

    def named_matchers(self, *parts: Any) -> list[str | Matcher]:
        return _listed(parts)

    def drop(self, _: Lexeme, labels: list[str | Matcher]) -> ast.Drop:
        return ast.Drop(tuple(labels))

    def keep(self, _: Lexeme, labels: list[str | Matcher]) -> ast.Keep:
        return ast.Keep(tuple(labels))

    # Label filters

    def string_condition(self, matcher: Matcher) -> ast.TextCondition:
        return ast.TextCondition(matcher)

    label_filter = expr

    def condition_in_parentheses(self, _: Lexeme, value: Any, _close: Lexeme) -> ast.Condition:
        return condition(value)

    def condition_chain(self, left: Any, *rest: Any) -> Chain:
        op = str(rest[0].value).lower() if len(rest) == 2 else ","
        return chained(left) + Chain((), (op,)) + chained(rest[-1])

    def label_filter_stage(self, _: Lexeme, value: Any) -> ast.LabelFilter:
        return ast.LabelFilter(condition(value))

    def ip_filter(self, name: Lexeme, op: Lexeme, *rest: Lexeme) -> ast.IpCondition:
        sign = "=" if op.type == "EQ" else "!="
        return ast.IpCondition(str(name.value), sign, str(rest[2].value))

    def duration_filter(self, name: Lexeme, op: Lexeme, value: Lexeme) -> ast.AmountCondition:
        return ast.AmountCondition("duration", str(name.value), _comparison(op), int(value.value))

    def bytes_filter(self, name: Lexeme, op: Lexeme, value: Lexeme) -> ast.AmountCondition:
        size = rounded_size(int(value.value))
        return ast.AmountCondition("bytes", str(name.value), _comparison(op), size)

    def number_filter(self, name: Lexeme, op: Lexeme, value: ast.Literal) -> ast.AmountCondition:
        return ast.AmountCondition("number", str(name.value), _comparison(op), value.value)

    # Metrics

    def conversion(self, word: Lexeme) -> str:
        return CONVERSIONS.get(word.type, "duration_seconds")

    def unwrap(self, _: Lexeme, _word: Lexeme, label: Lexeme) -> ast.Unwrap:
        return ast.Unwrap(str(label.value), "")

    def unwrap_converted(
        self,
        _: Lexeme,
        _word: Lexeme,
        conversion: str,
        _open: Lexeme,
        label: Lexeme,
        _close: Lexeme,
    ) -> ast.Unwrap:
        return ast.Unwrap(str(label.value), conversion)

    def unwrap_filtered(self, unwrap: ast.Unwrap, _: Lexeme, value: Any) -> ast.Unwrap:
        return replace(unwrap, filters=(*unwrap.filters, condition(value)))

    def offset(self, _: Lexeme, duration: Lexeme) -> int:
        return int(duration.value)

    def log_range(self, *parts: Any) -> ast.LogRange:
        """The parts come in any of twenty-odd orders, and each is of its own kind."""
        matchers: tuple[Matcher, ...] = ()
        stages: list[ast.Stage] = []
        interval, offset, unwrap = 0, 0, None
        for part in parts:
            match part:
                case Lexeme():
                    interval = int(part.value) if part.type == "RANGE" else interval
                case tuple():
                    matchers = part
                case list():
                    stages = part
                case ast.Unwrap():
                    unwrap = part
                case int():
                    offset = part
        return ast.LogRange(ast.LogQuery(matchers, tuple(stages)), interval, offset, unwrap)

    def range_op(self, word: Lexeme) -> str:
        return word.type.lower()

    vector_op = range_op

    def range_aggregation(self, op: str, *parts: Any) -> ast.Metric:
        text, inner, grouping = _arguments(parts, ast.LogRange)
        return range_aggregation(op, text, inner, grouping)

    def vector_aggregation(self, op: str, *parts: Any) -> ast.Metric:
        text, inner, grouping = _arguments(parts, object)
        return vector_aggregation(op, text, settled(inner), grouping)

    def grouping(self, word: Lexeme, _: Lexeme, *rest: Any) -> ast.Grouping:
        labels = rest[0] if len(rest) == 2 else []
        return ast.Grouping(tuple(labels), without=word.type == "WITHOUT")

    def labels(self, *parts: Any) -> list[str]:
        return [*(parts[0] if len(parts) == 3 else []), str(parts[-1].value)]

    def label_replace(self, _: Lexeme, _open: Lexeme, operand: Any, *rest: Lexeme) -> ast.Metric:
        target, replacement, source, pattern = (str(part.value) for part in rest[1::2])
        try:
            compile_regex(pattern, anchored=True)
        except ParseError as error:
            reason = (
                str(error)
                .removeprefix("parse error : ")
                .replace(f"`{pattern}`", f"`^(?:{pattern})$`")
            )
            return ast.Invalid(f"invalid regex in label_replace: {reason}")
        return ast.LabelReplace(settled(operand), target, replacement, source, pattern)

    def literal(self, *parts: Lexeme) -> ast.Literal:
        value = _number(str(parts[-1].value), "literal")
        return ast.Literal(-value if parts[0].type == "SUB" else value)

    def vector_literal(
        self, _: Lexeme, _open: Lexeme, number: Lexeme, _close: Lexeme
    ) -> ast.VectorLiteral:
        return ast.VectorLiteral(_number(str(number.value), "vectorExpr"))

    def binary(self, left: Any, op: Lexeme, modifier: Modifier, right: Any) -> Chain:
        sign = str(op.value).lower()
        return chained(left) + Chain((), (sign,), (modifier,)) + chained(right)

    def bool_modifier(self, word: Lexeme | None = None) -> Modifier:
        return Modifier(return_bool=word is not None)

    def matching_modifier(self, modifier: Modifier, word: Lexeme, *rest: Any) -> Modifier:
        labels = rest[1] if len(rest) == 3 else []
        matching = ast.Matching(on=word.type == "ON", labels=tuple(labels))
        return replace(modifier, matching=matching)

    def group(self, word: Lexeme) -> str:
        return word.type.lower()

    def modifier(self, modifier: Modifier, group: str = "one-to-one", *rest: Any) -> Modifier:
        include = tuple(rest[1]) if len(rest) == 3 else ()
        matching = replace(modifier.matching, group=group, include=include)
        return replace(modifier, matching=matching)


def _listed(parts: tuple[Any, ...]) -> list[Any]:
    return [*(parts[0] if len(parts) > 1 else []), parts[-1]]


def _comparison(op: Lexeme) -> str:
    return {"EQ": "==", "CMP_EQ": "=="}.get(op.type, str(op.value))


def _arguments(parts: tuple[Any, ...], kind: type) -> tuple[str | None, Any, ast.Grouping | None]:
    """The number, the operand and the grouping among the parts of a call."""
    text, operand, grouping = None, None, None
    for part in parts:
        if isinstance(part, Lexeme):
            text = str(part.value) if part.type == "NUMBER" else text
        elif isinstance(part, ast.Grouping):
            grouping = part
        elif isinstance(part, kind):
            operand = part
    return text, operand, grouping
