"""A point in time as the engine writes it."""

from datetime import UTC, datetime

# The engine writes "never" as the first instant of Go's calendar.
_NEVER = "0001-01-01T00:00:00Z"


def instant(text: str | None) -> datetime | None:
    """RFC 3339 with nanoseconds, in UTC; None where it has not happened."""
    return None if not text or text == _NEVER else datetime.fromisoformat(text).astimezone(UTC)
