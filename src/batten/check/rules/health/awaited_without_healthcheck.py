"""Rule `awaited-without-healthcheck`."""

from collections.abc import Iterator

from batten.catalog.healthcheck import is_checked, is_disabled
from batten.check import Finding, Service, Severity, rule
from batten.check.healthcheck import suggestion, waiting


@rule(severity=Severity.ERROR)
def awaited_without_healthcheck(service: Service) -> Iterator[Finding]:
    """A service that others wait for to be healthy, and that nobody asks.

    `docker compose up` gives up at once (`dependency failed to start: container … has no
    healthcheck configured`), and what waits is never started, while `docker compose config`
    accepts the file. Docker's official images bring no check of their own.

    Flagged:
        services:
          db: # <--
            image: postgres:17
          cache:
            image: redis:7.2
            healthcheck:
              disable: true # <--
          api:
            image: example/api:1
            depends_on:
              db: {condition: service_healthy}
              cache: {condition: service_healthy}

    Accepted:
        services:
          db:
            image: postgres:17
            healthcheck:
              test: pg_isready -h 127.0.0.1
          other: # its image may bring a check
            image: example/other:1
          api:
            image: example/api:1
            depends_on:
              db: {condition: service_healthy}
              other: {condition: service_healthy}
    """
    others = waiting(service)
    if others and is_checked(service) is False:
        why = "its health check is disabled" if is_disabled(service) else "it has no health check"
        listed = ", ".join(f"`{name}`" for name in others)
        yield Finding(
            f"{listed} never {'starts' if len(others) == 1 else 'start'}: `{service.name}` cannot "
            f"become healthy, for {why}",
            at=service.at_first(("healthcheck", "disable"), ("healthcheck", "test")),
            hint=suggestion(service),
        )
