"""A time as somebody types it."""

from datetime import datetime, timedelta

import pytest

from batten.errors import InputError
from batten.logs.moment import parse

SECOND = 1_000_000_000
NOW = 1_800_000_000 * SECOND + 5


@pytest.mark.parametrize(
    ("text", "seconds_ago"),
    [("90s", 90), ("1h30m", 5400), ("2d", 172_800), ("1w2h", 612_000), ("0.5d", 43_200), ("0s", 0)],
)
def test_how_long_ago(text: str, seconds_ago: int) -> None:
    """Go's notation, and days and weeks."""
    assert NOW - seconds_ago * SECOND == parse(text, NOW, "--since")


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2026-11-23T14:30:00Z", 1_795_444_200 * SECOND),
        ("2026-11-23T14:30:00.25+01:00", 1_795_440_600 * SECOND + 250_000_000),
        ("1795444200", 1_795_444_200 * SECOND),
        ("1795444200.000000001", 1_795_444_200 * SECOND + 1),
    ],
)
def test_an_instant(text: str, ns: int) -> None:
    """To the nanosecond, as far as it is written."""
    assert ns == parse(text, NOW, "--since")


def test_local_time() -> None:
    """What has no zone is the clock on the wall: of a day, or of today."""
    day = datetime(2026, 11, 23, 14, 30).astimezone()
    assert day.timestamp() * SECOND == parse("2026-11-23 14:30", NOW, "--since")
    midnight = day.replace(hour=0, minute=0)
    assert midnight.timestamp() * SECOND == parse("2026-11-23", NOW, "--since")
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    assert (today + timedelta(minutes=5)).timestamp() * SECOND == parse("00:05", NOW, "--since")


@pytest.mark.parametrize(
    "text", ["", "yesterday", "1x", "h", "-1h", "25:00", "2026-13-01", "1h ago"]
)
def test_what_is_no_time(text: str) -> None:
    """The option is named, and what can be written."""
    with pytest.raises(InputError, match="names no time") as caught:
        parse(text, NOW, "--until")
    assert "--until" in caught.value.message
    assert "14:30" in (caught.value.hint or "")
