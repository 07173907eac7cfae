"""What Grafana's log driver does with its options."""

from math import inf

import pytest

from batten.catalog.log_driver import held_s, is_set, loki_host, loki_options
from batten.model import Logging, Service


def _service(driver: str | None) -> Service:
    return Service(logging=Logging(driver, {"loki-url": "http://loki:3100", "labels": None}))


@pytest.mark.parametrize(
    "driver",
    ["loki", "loki:latest", "grafana/loki-docker-driver:3.4.6", "grafana/loki-docker-driver"],
)
def test_the_driver_is_known_by_its_names(driver: str) -> None:
    """As an alias, with a tag, or under the plugin's own name."""
    assert {"loki-url": "http://loki:3100"} == loki_options(_service(driver))


@pytest.mark.parametrize("driver", [None, "json-file", "local", "example/loki"])
def test_other_drivers_have_no_such_options(driver: str | None) -> None:
    """Another plugin may do as it likes."""
    assert loki_options(_service(driver)) is None


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({}, 10 * 10 + 0.5 + 1 + 2 + 4 + 8 + 16 + 32 + 64 + 128 + 256),
        ({"loki-retries": "3"}, 3 * 10 + 0.5 + 1 + 2),
        ({"loki-retries": "2", "loki-timeout": "1s", "loki-max-backoff": "800ms"}, 2 + 0.5 + 0.8),
        ({"loki-retries": "0"}, inf),
        ({"loki-retries": "many"}, None),
        ({"loki-timeout": "10"}, None),
        ({"loki-retries": "999999999"}, 300 * 990 + 511.5 + 999999999 * 10),
    ],
)
def test_how_long_a_push_is_held(options: dict[str, str], seconds: float | None) -> None:
    """The waits double up to the greatest; what is no figure is not guessed at."""
    assert pytest.approx(seconds) == held_s(options)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://loki:3100/push", "loki"),
        ("https://user:word@LOGS.example.com/push", "logs.example.com"),
        ("http://[::1/push", ""),
        ("", ""),
    ],
)
def test_the_machine_in_the_url(url: str, host: str) -> None:
    """A broken URL names none."""
    assert host == loki_host({"loki-url": url})


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("false", False)])
def test_a_switch_is_read_as_go_reads_it(value: str, *, expected: bool) -> None:
    """`true`, `1` and `t` say yes."""
    assert is_set({"keep-file": value}, "keep-file") is expected
