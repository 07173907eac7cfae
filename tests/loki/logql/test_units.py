"""Durations, sizes and numbers are read and written as Go and Prometheus do."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batten.loki.logql import units

SECOND = 10**9


@pytest.mark.parametrize(
    ("text", "ns"),
    [("1d12h", 129_600 * SECOND), ("5m", 300 * SECOND), ("0", 0), ("1h30m5s10ms", 5_405_010_000_000)],
)  # fmt: skip
def test_prometheus_durations(text: str, ns: int) -> None:
    """A range's duration is whole numbers of ever smaller units."""
    assert ns == units.prometheus_duration(text)


@pytest.mark.parametrize("text", ["", "5", "1.5h", "5x", "1s1h", "m"])
def test_what_is_no_prometheus_duration(text: str) -> None:
    """Fractions, unknown units and units out of order are refused."""
    with pytest.raises(ValueError, match="duration"):
        units.prometheus_duration(text)


@pytest.mark.parametrize(
    ("text", "ns"), [("1.5h", 5_400 * SECOND), ("-20ms", -20_000_000), ("1µs", 1000), ("0", 0)]
)
def test_go_durations(text: str, ns: int) -> None:
    """A label's duration may be negative or have fractions."""
    assert ns == units.go_duration(text)


@pytest.mark.parametrize(
    ("text", "size"), [("1KB", 1000), ("1.5MiB", 1_572_864), ("20 kB", 20_000), ("7", 7), ("3b", 3)]
)
def test_sizes(text: str, size: int) -> None:
    """Sizes have units of thousands or, with an `i`, of 1024."""
    assert size == units.byte_size(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_is_the_number_read(value: float) -> None:
    """A sample's value loses nothing on its way, and never has an exponent."""
    text = units.format_float(value)
    assert value == float(text)
    assert "e" not in text


def test_numbers_that_are_none() -> None:
    """NaN and the infinities are written as Prometheus does."""
    assert ["NaN", "+Inf", "-Inf"] == [
        units.format_float(value) for value in (math.nan, math.inf, -math.inf)
    ]
