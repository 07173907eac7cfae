"""The machine that a stack is meant for."""

import re
from typing import Self

import msgspec

from batten.model.size import size

_CORES = re.compile(r"([0-9.]+)\s*(?:cpus?|cores?)")


class Host(msgspec.Struct, frozen=True):
    """Cores, and memory in bytes."""

    cores: float
    memory: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `8cpu,16g`; raise ValueError where it says something else."""
        first, comma, second = text.strip().lower().partition(",")
        cores = _CORES.fullmatch(first.strip())
        memory = size(second.strip())
        if not comma or not cores or not memory:
            raise ValueError(f"`{text}` is no host; write it as `8cpu,16g`")
        return cls(float(cores[1]), memory)
