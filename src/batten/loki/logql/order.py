"""A flat chain of operators into a tree, by the precedence of Loki's grammar."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

Operand = TypeVar("Operand")

# Higher binds closer. `^` alone leans to the right.
OPERATORS = {
    "or": 1,
    "and": 2,
    "unless": 2,
    "==": 3,
    "!=": 3,
    "<": 3,
    "<=": 3,
    ">": 3,
    ">=": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
    "^": 6,
}
RIGHT = {"^"}
# A comma, or nothing, between two label filters has no precedence: it takes all that follows.
CONDITIONS = {"or": 1, "and": 2}


def ordered(
    operands: Sequence[Operand],
    operators: Sequence[str],
    precedence: Mapping[str, int],
    join: Callable[[Operand, int, Operand], Operand],
) -> Operand:
    """Join by shifting and reducing as yacc does; `join` gets the index of the operator."""
    values, waiting = [operands[0]], list[int]()

    def reduce() -> None:
        right = values.pop()
        values.append(join(values.pop(), waiting.pop(), right))

    for index, operator in enumerate(operators):
        while waiting and _reduces(operators[waiting[-1]], operator, precedence):
            reduce()
        waiting.append(index)
        values.append(operands[index + 1])
    while waiting:
        reduce()
    return values[0]


def _reduces(first: str, then: str, precedence: Mapping[str, int]) -> bool:
    if first not in precedence or then not in precedence:
        return False
    if precedence[first] == precedence[then]:
        return first not in RIGHT
    return precedence[first] > precedence[then]
