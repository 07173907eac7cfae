"""Amounts of memory, as people and programs write them."""

import re

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)


def size(text: str, unit: str = "") -> int | None:
    """Bytes of `512m`, `2GB` or `1.5GiB`, all of them powers of 1024; None where it is no size.

    A bare number counts in `unit`, which programs choose as they please.
    """
    match = _SIZE.fullmatch(text.strip())
    if not match:
        return None
    letter = match[2].lower() or unit.lower()
    return int(float(match[1]) * _UNITS[letter])


def shown(amount: float) -> str:
    """Bytes as a person reads them: `512 MB`, `1.5 GB`, `0 MB`."""
    if amount >= 1 << 30:
        return f"{amount / (1 << 30):.2f}".rstrip("0").rstrip(".") + " GB"
    return f"{amount / (1 << 20):.0f} MB"
