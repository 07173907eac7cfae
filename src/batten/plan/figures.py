"""The four figures of a service, or of many together."""

from collections.abc import Iterable
from typing import Self

import msgspec


class Figures(msgspec.Struct, frozen=True):
    """Memory in bytes and CPU in cores: what may be used at most, and what is kept."""

    memory: int = 0
    memory_reserved: int = 0
    cpus: float = 0
    cpus_reserved: float = 0

    def times(self, count: int) -> Self:
        """The same for so many containers."""
        return type(self)(*(value * count for value in msgspec.structs.astuple(self)))

    @classmethod
    def sum(cls, figures: Iterable["Figures"]) -> Self:
        """All of them together; CPU is rounded to hundredths, as Compose files have it."""
        columns = zip(*(msgspec.structs.astuple(one) for one in figures), strict=True)
        return cls(*(round(sum(column), 2) for column in columns))
