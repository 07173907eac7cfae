"""Which versions have ended."""

from collections.abc import Iterator

import pytest

from batten.catalog import EndOfLife, Reference, lifetime, software


@pytest.mark.parametrize(
    ("image", "date"),
    [
        ("postgres:13.4-alpine", "2025-11-13"),
        ("public.ecr.aws/docker/library/postgres:12", "2024-11-21"),
        ("timescale/timescaledb:2.1-pg13", "2025-11-13"),
        ("timescale/timescaledb:latest-pg13", "2025-11-13"),
        ("debian:buster-slim", "2024-06-30"),
        ("mcr.microsoft.com/dotnet/aspnet:6.0", "2024-11-12"),
        ("traefik:v2.10", "2026-02-01"),
        ("docker.elastic.co/elasticsearch/elasticsearch:7.10.2", "2026-01-15"),
    ],
)
def test_a_version_that_ended(image: str, date: str) -> None:
    """Whichever registry it comes from, and with the name of a release too."""
    found = lifetime.ended(Reference.parse(image))
    assert found
    assert date == found.date


@pytest.mark.parametrize(
    "image",
    [
        "postgres",
        "postgres:17",
        "postgres:latest",
        "acme/postgres:9",
        "citusdata/citus:12.1",
        "timescale/timescaledb:2.11.0",
        "apache/airflow:2.9",
        "python:3.1",
        "python:3.11",
        "redis:6",
        "redis:6.2",
        "mysql:8",
        "node:22",
        "debian:bookworm",
        "alpine:3.2",
    ],
)
def test_what_is_open_or_not_its_own_version_is_not_judged(image: str) -> None:
    """A private image counts as its owner likes, a fork as it does."""
    assert lifetime.ended(Reference.parse(image)) is None


def _known() -> Iterator[EndOfLife]:
    for one in software().values():
        yield from one.ended
    for lines in lifetime.OTHERS.values():
        yield from lines


def test_dates_have_passed() -> None:
    """A line is named when it has ended, not before: this was written in November 2026."""
    assert [] == [one for one in _known() if not "2010-01-01" < one.date < "2026-11-24"]
