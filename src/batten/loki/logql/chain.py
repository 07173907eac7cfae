"""Operators and what stands between them, flat as they were read, and then in order."""

# What is chained is metrics or conditions
# ruff: noqa: ANN401

from dataclasses import dataclass, field
from typing import Any

from . import arithmetic, ast
from .order import CONDITIONS, OPERATORS, ordered


@dataclass(frozen=True, slots=True)
class Modifier:
    """What stands between an operator and its right side."""

    return_bool: bool = False
    matching: ast.Matching = field(default_factory=ast.Matching)


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands and the operators between them, not yet in order."""

    operands: tuple[Any, ...]
    operators: tuple[str, ...]
    modifiers: tuple[Modifier, ...] = ()

    def __add__(self, other: "Chain") -> "Chain":
        return Chain(
            self.operands + other.operands,
            self.operators + other.operators,
            self.modifiers + other.modifiers,
        )


def chained(value: Any) -> Chain:
    """The value as a chain, if need be of itself alone."""
    return value if isinstance(value, Chain) else Chain((value,), ())


def settled(value: Any) -> Any:
    """The value itself, or a chain of metrics put in order."""
    if not isinstance(value, Chain):
        return value

    def join(left: Any, index: int, right: Any) -> Any:
        return _binary(value.operators[index], value.modifiers[index], left, right)

    return ordered(value.operands, value.operators, OPERATORS, join)


def _binary(op: str, modifier: Modifier, left: Any, right: Any) -> ast.Metric:
    for side, operand in (("left", left), ("right", right)):
        if isinstance(operand, ast.LogQuery):
            kind = "*syntax.PipelineExpr" if operand.stages else "*syntax.MatchersExpr"
            return ast.Invalid(f"unexpected type for {side} leg of binary operation ({op}): {kind}")
    if op in {"and", "or", "unless"}:
        for side, operand in (("left", left), ("right", right)):
            if isinstance(operand, ast.Literal):
                return ast.Invalid(
                    f"unexpected literal for {side} leg of logical/set binary operation "
                    f"({op}): {operand.value:f}"
                )
    if isinstance(left, ast.Literal) and isinstance(right, ast.Literal):
        return ast.Literal(arithmetic.of_literals(op, left.value, right.value))
    return ast.Binary(op, left, right, modifier.return_bool, modifier.matching)


def condition(value: Any) -> ast.Condition:
    """A chain of conditions put in order."""
    chain = chained(value)

    def join(left: ast.Condition, index: int, right: ast.Condition) -> ast.Condition:
        return ast.JointCondition(left, right, both=chain.operators[index] != "or")

    made: ast.Condition = ordered(chain.operands, chain.operators, CONDITIONS, join)
    return made
