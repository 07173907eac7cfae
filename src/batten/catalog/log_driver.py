"""The `loki` log driver: Grafana's, or Batten's, which takes the same options under the same name.

A Compose file does not say which of the two is installed, so what is said here about waiting is true
of Grafana's; Batten's makes nobody wait. Options and defaults: Loki's own documentation of the
driver, and `clients/cmd/docker-driver/config.go` in grafana/loki.
"""

from math import inf
from urllib.parse import urlsplit

from batten.catalog.reference import Reference
from batten.model import Service
from batten.model.duration import Duration

_NAMES = {"loki", "grafana/loki-docker-driver"}
_TRUE = {"1", "t", "true"}
_MIN_BACKOFF_S = 0.5
_MAX_BACKOFF_S = 300.0
_RETRIES = 10
_TIMEOUT_S = 10.0


def loki_options(service: Service) -> dict[str, str] | None:
    """The options of the `loki` log driver; None where another driver is used."""
    logging = service.logging
    if logging is None or Reference.parse(logging.driver or "").path not in _NAMES:
        return None
    return {name: value for name, value in (logging.options or {}).items() if value is not None}


def is_set(options: dict[str, str], name: str) -> bool:
    """Whether an option is there and says yes."""
    return options.get(name, "").lower() in _TRUE


def loki_host(options: dict[str, str]) -> str:
    """The machine that `loki-url` names, in lower case; empty where it names none."""
    try:
        return urlsplit(options.get("loki-url", "")).hostname or ""
    except ValueError:
        return ""


def held_s(options: dict[str, str]) -> float | None:
    """Seconds until Grafana's gives up a push that nobody takes: each try's time limit, and the waits.

    The waits double from the least to the greatest; with 0 retries there is no end. None where an
    option is no figure.
    """
    try:
        wait = _seconds(options, "loki-min-backoff", _MIN_BACKOFF_S)
        greatest = _seconds(options, "loki-max-backoff", _MAX_BACKOFF_S)
        timeout = _seconds(options, "loki-timeout", _TIMEOUT_S)
        retries = int(options.get("loki-retries", _RETRIES))
    except ValueError:
        return None
    if retries <= 0:
        return inf
    waits = (min(wait * 2.0**number, greatest) for number in range(min(retries, 1000)))
    return sum(waits) + retries * timeout


def _seconds(options: dict[str, str], name: str, default: float) -> float:
    return Duration.parse(options[name]) if name in options else default
