"""Times as Loki writes them in its messages."""

from datetime import UTC, datetime

SECOND = 10**9


def rfc3339(time: int) -> str:
    """Write a time (nanoseconds) to the second: `2026-11-23T21:55:29Z`."""
    return f"{datetime.fromtimestamp(time // SECOND, UTC):%Y-%m-%dT%H:%M:%S}Z"


def golang(time: int) -> str:
    """Write a time as Go prints one: `2026-11-23 21:55:29.010161664 +0000 UTC`."""
    fraction = f"{time % SECOND:09d}".rstrip("0")
    dot = "." if fraction else ""
    return (
        f"{datetime.fromtimestamp(time // SECOND, UTC):%Y-%m-%d %H:%M:%S}{dot}{fraction} +0000 UTC"
    )


def human(size: int) -> str:
    """Write a size as Loki's limits do: `3MB`, `250B`."""
    number = float(size)
    for unit in ("B", "KB", "MB", "GB"):
        if number < 1024 or unit == "GB":
            break
        number /= 1024
    return f"{number:.4g}{unit}"
