"""What is stored: entries, in streams."""

from typing import NamedTuple, TypeAlias

Metadata: TypeAlias = tuple[tuple[str, str], ...]
"""Structured metadata, sorted by name; `detected_level` is found here too."""


class Entry(NamedTuple):
    """One line.

    `ts` is in nanoseconds since the epoch.
    """

    ts: int
    line: str
    metadata: Metadata = ()


class Stream(NamedTuple):
    """A set of labels; its number is the same for as long as any of its entries is kept."""

    id: int
    labels: dict[str, str]
