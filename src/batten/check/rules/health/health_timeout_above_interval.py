"""Rule `health-timeout-above-interval`."""

from collections.abc import Iterator

from batten.catalog.healthcheck import is_disabled
from batten.check import Finding, Service, Severity, rule

# The engine's own defaults.
_INTERVAL_S = 30.0
_TIMEOUT_S = 30.0
_RETRIES = 3


@rule(severity=Severity.ADVICE)
def health_timeout_above_interval(service: Service) -> Iterator[Finding]:
    """A health check that may take longer than the time between two of them.

    The engine waits for a check to end before it counts the interval to the next. A service that
    hangs is therefore found out only after `retries` times interval *and* timeout, and where only
    `interval` is written the timeout is 30 s: `interval: 5s` with three retries then takes
    105 s.

    Flagged:
        services:
          api:
            image: example/api:1
            healthcheck:
              test: curl -f http://127.0.0.1:8000/
              interval: 5s
              timeout: 10s # <--
          web:
            image: example/web:1
            healthcheck:
              test: curl -f http://127.0.0.1:8000/
              interval: 10s # <--

    Accepted:
        services:
          api:
            image: example/api:1
            healthcheck:
              test: curl -f http://127.0.0.1:8000/
              interval: 10s
              timeout: 5s
          web:
            image: example/web:1
            healthcheck:
              test: curl -f http://127.0.0.1:8000/
    """
    check = service.healthcheck
    if not check or not check.test or is_disabled(service):
        return
    interval, timeout = check.interval or _INTERVAL_S, check.timeout or _TIMEOUT_S
    if timeout > interval:
        told = "" if check.timeout else " (the engine's default)"
        found_s = (check.retries or _RETRIES) * (interval + timeout)
        yield Finding(
            f"a check of `{service.name}` may take {timeout:g} s{told}, one is due every "
            f"{interval:g} s: a hang is found out after {found_s:g} s",
            at=service.at_first(("healthcheck", "timeout"), ("healthcheck", "interval")),
            hint=f"set `timeout` to {interval:g}s or less",
        )
