"""Rule `long-loki-backoff`."""

from collections.abc import Iterator
from math import inf

from batten.catalog.log_driver import held_s, loki_options
from batten.check import Finding, Service, Severity, rule

_LONG_S = 60
_TOLD = ("loki-retries", "loki-max-backoff", "loki-timeout", "loki-min-backoff")


@rule(severity=Severity.WARNING)
def long_loki_backoff(service: Service) -> Iterator[Finding]:
    """A log driver that holds on to a push for more than a minute while Loki is away.

    Meanwhile Grafana's takes nothing else from that container: with the defaults (10 tries of 10 s,
    waits that double from 0.5 s to 5 min) that is over ten minutes, and `loki-retries: 0` never ends.
    Measured with Grafana's driver and Loki away for 30 s: one write of the container waited for
    45.6 s, and `docker stop` had not returned after 100 s. Shorter tries lose more lines in an
    outage, which is why the copy on the host matters. Batten's driver takes lines all the while.

    Flagged:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options: # <--
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                mode: non-blocking
          worker:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                loki-retries: "0" # <--

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                loki-retries: "3"
          worker:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                loki-timeout: 1s
                loki-max-backoff: 800ms
    """
    options = loki_options(service)
    held = None if options is None else held_s(options)
    if held is not None and held > _LONG_S:
        time = "for ever" if held == inf else f"for up to {held:.0f} s"
        yield Finding(
            f"while Loki is away, the log driver of `{service.name}` holds on to a push {time}",
            at=service.at_first(
                *(("logging", "options", name) for name in _TOLD), ("logging", "options")
            ),
            hint='set `loki-retries: "3"`, or `loki-timeout: 1s` with `loki-max-backoff: 800ms`',
        )
