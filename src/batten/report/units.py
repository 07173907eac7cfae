"""Figures as people read them: short, in the units that Compose files use."""

_SIZES = ((1 << 40, "T"), (1 << 30, "G"), (1 << 20, "M"), (1 << 10, "K"))
_TIMES = ((48 * 3600, 86400, "d"), (120 * 60, 3600, "h"), (120, 60, "m"))


def size(count: float, decimals: int = 1) -> str:
    """Bytes in binary units, as in a Compose file: `41M`, `1.2G`; `2G` is 2 GiB.

    Two decimals say exactly what is usually written as a limit (`1.25G`).
    """
    for factor, unit in _SIZES:
        if count >= factor:
            # Rounded up to 1024 it would be one of the next unit.
            value = min(count / factor, 1023)
            return f"{_short(value, decimals if value < 10 else 0)}{unit}"
    return f"{count:.0f}B"


def cores(count: float) -> str:
    """CPU in cores: `0.02`, `0.5`, `2`."""
    return _short(count, 2)


def duration(seconds: float) -> str:
    """A length of time in one unit: `41s`, `12m`, `3h`, `9d`."""
    for threshold, factor, unit in _TIMES:
        if seconds >= threshold:
            return f"{int(seconds // factor)}{unit}"
    return f"{int(seconds)}s"


def lag(seconds: float) -> str:
    """How late something is, where tenths count: `0.3s`, `41s`, `12m`."""
    return f"{seconds:.1f}s" if seconds < 10 else duration(seconds)


def _short(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
