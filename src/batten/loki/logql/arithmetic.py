"""Numbers under LogQL's operators; division by zero is NaN and never an error."""

import math
import operator
from collections.abc import Callable

NAN = math.nan


def _divide(left: float, right: float) -> float:
    return left / right if right else NAN


def _modulo(left: float, right: float) -> float:
    if not right or math.isinf(left) or math.isnan(left) or math.isnan(right):
        return NAN
    return math.fmod(left, right)


def _power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        odd = right % 2 == 1
        return -math.inf if left < 0 and odd else math.inf
    except ValueError:
        if left == 0:
            odd = right % 2 == 1
            return math.copysign(math.inf, left) if odd else math.inf
        return NAN


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": _modulo,
    "^": _power,
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def of_literals(op: str, left: float, right: float) -> float:
    """`1 + 1`, worked out where it stands; a comparison is 1 or 0."""
    if op in COMPARISONS:
        return float(COMPARISONS[op](left, right))
    return ARITHMETIC[op](left, right)
