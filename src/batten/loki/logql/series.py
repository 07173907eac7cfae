"""Samples on their way through a metric query."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values in the order of the names: what a series is known by."""

Vector: TypeAlias = dict[Labels, float]
"""The samples of one moment."""


def labels_key(labels: Mapping[str, str]) -> Labels:
    """The labels as a key."""
    return tuple(sorted(labels.items()))


def full_key(labels: Mapping[str, str]) -> Labels:
    """The labels as a key; an empty value is the same as no label."""
    return tuple(sorted((name, value) for name, value in labels.items() if value))


def picked(labels: Labels, names: Iterable[str]) -> Labels:
    """Only these labels."""
    wanted = set(names)
    return tuple(pair for pair in labels if pair[0] in wanted)


def dropped(labels: Labels, names: Iterable[str]) -> Labels:
    """All but these labels, and but empty ones."""
    unwanted = set(names)
    return tuple(pair for pair in labels if pair[1] and pair[0] not in unwanted)
