"""Rule `disabled-healthcheck`."""

from collections.abc import Iterator

from batten.catalog import Kind
from batten.catalog.healthcheck import is_disabled
from batten.check import Finding, Service, Severity, rule
from batten.check.healthcheck import suggestion, waiting


@rule(severity=Severity.WARNING)
def disabled_healthcheck(service: Service) -> Iterator[Finding]:
    """A health check that somebody has turned off.

    `disable: true` (and `test: NONE`) takes the image's own check away as well: the engine knows
    only that there is a process. It is often left over from a check that did not work. A worker
    that shares its image with a web server, and has no port to be asked at, is right to turn the
    server's check off.

    Flagged:
        services:
          cache:
            image: redis:7.2
            healthcheck:
              disable: true # <--
          api:
            image: example/api:1
            ports: ["8000:8000"]
            healthcheck:
              test: ["NONE"] # <--

    Accepted:
        services:
          cache:
            image: redis:7.2
            healthcheck:
              test: redis-cli ping
          worker:
            image: example/api:1
            command: python worker.py
            healthcheck:
              disable: true
    """
    if is_disabled(service) and not waiting(service) and _is_asked_for(service):
        yield Finding(
            f"the health check of `{service.name}` is turned off",
            at=service.at_first(("healthcheck", "disable"), ("healthcheck", "test")),
            hint=suggestion(service),
        )


def _is_asked_for(service: Service) -> bool:
    """Whether anybody connects to it, as far as the file says."""
    if service.software.kind is not Kind.APPLICATION:
        return not service.is_job
    is_routed = any(label.startswith(("traefik.", "caddy")) for label in service.labels)
    return bool(service.ports or service.expose or service.dependents or is_routed)
