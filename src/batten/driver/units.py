"""Durations, sizes and yes or no, written the way Go programs read them."""

import re

_PARTS = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kmgtp]?)(i?)b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}


def seconds(text: str) -> float:
    """A duration such as `500ms`, `1m30s` or `0`, in seconds; ValueError if it is none."""
    if text == "0":
        return 0.0
    parts = _PARTS.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(text)
    return float(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def size(text: str, *, base: int = 1000) -> int:
    """A size such as `10m` in bytes; ValueError if it is none.

    The engine counts `max-size` in thousands, so does this unless `base` is 1024; `MiB` is
    always 1024 times 1024.
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    number, letter, binary = found.groups()
    return int(float(number) * (1024 if binary else base) ** _POWERS[letter.lower()])


def truth(text: str) -> bool:
    """Yes or no as Go's `ParseBool` reads it; ValueError if it is neither."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(text)
