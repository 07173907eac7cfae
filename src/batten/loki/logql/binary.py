"""`left / right`: two vectors, or a vector and a number, into one vector."""

from .arithmetic import ARITHMETIC, COMPARISONS
from .ast import Binary, Matching
from .errors import QueryError
from .series import Labels, Vector, dropped, picked

MANY_TO_MANY = (
    "found duplicate series on the {side} hand-side;many-to-many matching not allowed: matching "
    "labels must be unique on one side"
)
EXPLICIT = (
    "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
)
UNIQUE = "multiple matches for labels: grouping labels must ensure unique matches"


class MatchError(QueryError):
    """Series that cannot be told which belong together; Loki answers it with 500."""

    status = 500


def _signature(labels: Labels, matching: Matching) -> Labels:
    return picked(labels, matching.labels) if matching.on else dropped(labels, matching.labels)


def with_number(node: Binary, vector: Vector, number: float, *, number_left: bool) -> Vector:
    """Each sample and the number; a comparison without `bool` filters the samples."""
    result = Vector()
    for labels, value in vector.items():
        left, right = (number, value) if number_left else (value, number)
        if node.op in ARITHMETIC:
            result[labels] = ARITHMETIC[node.op](left, right)
            continue
        holds = COMPARISONS[node.op](left, right)
        if node.return_bool:
            result[labels] = float(holds)
        elif holds:
            result[labels] = value
    return result


def combined(node: Binary, left: Vector, right: Vector) -> Vector:
    """Two vectors by an operator; MatchError."""
    matching = node.matching
    if node.op in {"and", "or", "unless"}:
        return _set(node.op, left, right, matching)
    if matching.group == "group_right":
        left, right = right, left
    ones: dict[Labels, tuple[Labels, float]] = {}
    for labels, value in right.items():
        signature = _signature(labels, matching)
        if signature in ones:
            side = "left" if matching.group == "group_right" else "right"
            raise MatchError(MANY_TO_MANY.format(side=side))
        ones[signature] = labels, value
    result, seen = Vector(), dict[Labels, set[Labels]]()
    for labels, value in left.items():
        signature = _signature(labels, matching)
        if signature not in ones:
            continue
        metric = _metric(labels, ones[signature][0], matching)
        _check_unique(signature, metric, matching, seen)
        pair = (value, ones[signature][1])
        number = _number(node, *(reversed(pair) if matching.group == "group_right" else pair))
        if number is not None:
            result[metric] = number
    return result


def _number(node: Binary, left: float, right: float) -> float | None:
    if node.op in ARITHMETIC:
        return ARITHMETIC[node.op](left, right)
    holds = COMPARISONS[node.op](left, right)
    if node.return_bool:
        return float(holds)
    return left if holds else None


def _check_unique(
    signature: Labels, metric: Labels, matching: Matching, seen: dict[Labels, set[Labels]]
) -> None:
    if signature not in seen:
        seen[signature] = {metric}
    elif matching.group == "one-to-one":
        raise MatchError(EXPLICIT)
    elif metric in seen[signature]:
        raise MatchError(UNIQUE)
    else:
        seen[signature].add(metric)


def _metric(left: Labels, right: Labels, matching: Matching) -> Labels:
    left = _signature(left, matching) if matching.group == "one-to-one" else dropped(left, ())
    if not matching.include:
        return left
    labels, other = dict(left), dict(right)
    for name in matching.include:
        labels.pop(name, None)
        if name in other:
            labels[name] = other[name]
    return tuple(sorted(labels.items()))


def _set(op: str, left: Vector, right: Vector, matching: Matching) -> Vector:
    if op == "or":
        known = {_signature(labels, matching) for labels in left}
        extra = {
            labels: value
            for labels, value in right.items()
            if _signature(labels, matching) not in known
        }
        return {**left, **extra}
    known = {_signature(labels, matching) for labels in right}
    wanted = op == "and"
    return {
        labels: value
        for labels, value in left.items()
        if (_signature(labels, matching) in known) is wanted
    }
