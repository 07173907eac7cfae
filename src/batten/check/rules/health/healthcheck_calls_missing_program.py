"""Rule `healthcheck-calls-missing-program`."""

import json
import re
from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule

_CALLED = re.compile(r"(?:^|[|&;(]\s*)(?:exec\s+)?([\w./-]+)")


@rule(severity=Severity.ERROR)
def healthcheck_calls_missing_program(service: Service) -> Iterator[Finding]:
    """A healthcheck that calls a program which the image does not contain.

    The check then fails for ever: the service is reported unhealthy however well it is, and what
    waits for `service_healthy` never starts. Since 3.6.0 Loki's image has no shell, no `wget` and
    no `curl`, so the check that every older example shows fails there.

    Flagged:
        services:
          loki:
            image: grafana/loki:3.7.8
            healthcheck:
              test: wget -q --spider http://localhost:3100/ready # <--

    Accepted:
        services:
          loki:
            image: grafana/loki:3.7.8
            healthcheck:
              test: ["CMD", "/usr/bin/loki", "-health"]
          db:
            image: postgres:17
            healthcheck:
              test: pg_isready -h 127.0.0.1
    """
    check, image = service.healthcheck, service.reference
    if not check or check.disable or not check.test or not image:
        return
    inside = service.software.inside(image)
    missing = next((name for name in _programs(check.test) if inside.misses(name)), None)
    if missing:
        better = service.software.health(service)
        yield Finding(
            f"the healthcheck of `{service.name}` calls `{missing}`, which `{service.image}` "
            "does not contain",
            at=service.at("healthcheck", "test"),
            hint=f"use `test: {json.dumps(better)}`"
            if better
            else "use a program that it contains",
        )


def _programs(test: tuple[str, ...]) -> Iterator[str]:
    """What a test starts, the shell of `CMD-SHELL` first."""
    if test[0] == "CMD-SHELL":
        yield "sh"
        yield from _CALLED.findall(" ".join(test[1:]))
    elif test[0] == "CMD" and len(test) > 1:
        yield test[1]
        if test[1].endswith("sh") and len(test) > 3:
            yield from _CALLED.findall(test[3])
