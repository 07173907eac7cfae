"""A length of time as Compose writes it."""

import re
from typing import Self

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9.]+)(ns|us|µs|ms|s|m|h)")


class Duration(float):
    """Seconds, read from Go's notation: `1m30s` is 90.0."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raise ValueError where the text is no duration."""
        parts = _PART.findall(text)
        if not parts or "".join(number + unit for number, unit in parts) != text:
            raise ValueError(f"`{text}` is no duration")
        return cls(sum(float(number) * _UNITS[unit] for number, unit in parts))
