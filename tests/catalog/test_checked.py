"""Whether the engine asks a service how it is."""

from pathlib import Path

import pytest

from batten.catalog.healthcheck import is_checked, is_disabled, is_heavy
from batten.model import Build, Healthcheck, Service

ASKED = Healthcheck(test=("CMD", "true"))


def _built(dockerfile: str) -> Service:
    return Service(image="x/y", build=Build(Path(), dockerfile_inline=dockerfile))


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (Service(image="postgres:17"), False),
        (Service(image="postgres:17", healthcheck=ASKED), True),
        (Service(image="example/api:1"), None),
        (Service(image="example/api:1", healthcheck=Healthcheck(disable=True)), False),
        (Service(image="example/api:1", healthcheck=Healthcheck(test=("NONE",))), False),
        (Service(image="example/api:1", healthcheck=Healthcheck(interval=None)), None),
        (Service(image="ghcr.io/postgres"), None),
        (Service(image="grafana/loki:3.7.8"), False),
        (_built("FROM python:3.13"), False),
        (_built("FROM python:3.13\nHEALTHCHECK CMD true"), True),
        (_built("FROM example/base\nHEALTHCHECK NONE"), False),
        (_built("FROM example/base"), None),
        (Service(build=Build(Path("/nonexistent"))), None),
    ],
)
def test_whether_it_is_asked(service: Service, *, expected: bool | None) -> None:
    """Official images bring no check; what nobody knows stays open."""
    assert is_checked(service) is expected


def test_what_is_turned_off_is_not_only_missing() -> None:
    """A service without a word about it has not turned anything off."""
    assert not is_disabled(Service(image="x"))
    assert not is_disabled(Service(image="x", healthcheck=ASKED))


@pytest.mark.parametrize(
    ("test", "heavy"),
    [
        (("CMD", "rabbitmq-diagnostics", "-q", "ping"), True),
        (("CMD-SHELL", "/opt/kafka/bin/kafka-topics.sh --list"), True),
        (("CMD", "pg_isready"), False),
        (("CMD-SHELL", "curl http://javascript/"), False),
    ],
)
def test_a_check_that_starts_a_virtual_machine(test: tuple[str, ...], *, heavy: bool) -> None:
    """Erlang's and Java's tools do."""
    assert is_heavy(test) is heavy
