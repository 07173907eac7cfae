"""Figures as people read them."""

import pytest

from batten.report.units import cores, duration, size

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0B"),
        (1023, "1023B"),
        (8704, "8.5K"),
        (41 * MIB, "41M"),
        (41 * MIB + 700 * KIB, "42M"),
        (1023 * MIB + 900 * KIB, "1023M"),
        (GIB, "1G"),
        (1187 * MIB, "1.2G"),
        (2 * GIB, "2G"),
        (64 * GIB, "64G"),
        (1 << 41, "2T"),
    ],
)
def test_size(count: int, text: str) -> None:
    """Binary units, short, as a Compose file has them."""
    assert text == size(count)


def test_size_of_a_limit() -> None:
    """A limit that was written with two decimals is shown as written."""
    assert "1.25G" == size(1280 * MIB, decimals=2)
    assert "768M" == size(768 * MIB, decimals=2)


@pytest.mark.parametrize(("count", "text"), [(2.0, "2"), (0.5, "0.5"), (0.25, "0.25"), (0, "0")])
def test_cores(count: float, text: str) -> None:
    """Cores without zeros that say nothing."""
    assert text == cores(count)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (7199, "119m"),
        (7200, "2h"),
        (172799, "47h"),
        (172800, "2d"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    """One unit, of which there are at least two."""
    assert text == duration(seconds)
