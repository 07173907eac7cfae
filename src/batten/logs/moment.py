"""A point in time as a person names it: `1h` ago, a clock time of today, or a date."""

import re
from datetime import datetime, time

from batten.errors import InputError
from batten.model.duration import Duration

SECOND = 1_000_000_000
_DAYS = {"d": 24, "w": 7 * 24}
_LONG = re.compile(r"([0-9.]+)([dw])")
_UNIX = re.compile(r"[0-9]{9,}(\.[0-9]{1,9})?")


def parse(text: str, now_ns: int, option: str) -> int:
    """Nanoseconds since the epoch; what has no time zone is local time.

    Takes a length of time before `now_ns` (`90s`, `1h30m`, `2d`), RFC 3339, `2026-11-23`,
    `2026-11-23 14:30`, `14:30` (today) and Unix seconds. Raise InputError for anything else.
    """
    text = text.strip()
    try:
        if _UNIX.fullmatch(text):
            return _seconds(text)
        if text[-1:] in {"s", "m", "h", "d", "w"}:
            return now_ns - round(Duration.parse(_in_hours(text)) * SECOND)
        return _of_date(text)
    except ValueError:
        raise InputError(
            f"`{option} {text}` names no time",
            hint="say how long ago (`90s`, `1h30m`, `2d`), or when: `14:30`, `2026-11-23 14:30`, "
            "`2026-11-23T14:30:00Z`",
        ) from None


def _seconds(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * SECOND + int(rest.ljust(9, "0"))


def _in_hours(text: str) -> str:
    """Go's notation, which ends at hours."""
    return _LONG.sub(lambda m: f"{float(m[1]) * _DAYS[m[2]]:g}h", text)


def _of_date(text: str) -> int:
    if "-" in text:
        found = datetime.fromisoformat(text)
    else:
        found = datetime.combine(datetime.now().astimezone().date(), time.fromisoformat(text))
    whole = int(found.astimezone().replace(microsecond=0).timestamp())
    return whole * SECOND + found.microsecond * 1000
