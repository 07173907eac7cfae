"""Rule `no-healthcheck`."""

from collections.abc import Iterator

from batten.catalog import Kind
from batten.catalog.healthcheck import is_checked, is_disabled
from batten.check import Finding, Service, Severity, rule
from batten.check.healthcheck import suggestion, waiting

_LEANT_ON = {
    Kind.CACHE,
    Kind.DATABASE,
    Kind.EDGE,
    Kind.OBJECTS,
    Kind.POOLER,
    Kind.QUEUE,
    Kind.SEARCH,
}


@rule(severity=Severity.WARNING)
def no_healthcheck(service: Service) -> Iterator[Finding]:
    """A service that others lean on, or that keeps data, and that nobody asks how it is.

    A process that runs and answers nobody looks the same to the engine as one that works. Without
    a check `docker compose up --wait` returns too early, `docker compose ps` shows nothing, and a
    hung database is noticed by its users. Asked for are databases, caches, queues, proxies, what
    keeps data, and whatever others wait for with `service_healthy`: of an image that nobody knows,
    only that.

    Flagged:
        services:
          db: # <--
            image: postgres:17
          proxy: # <--
            image: nginx:1.29
          api: # <--
            image: example/api:1
          web:
            image: example/web:1
            depends_on:
              api: {condition: service_healthy}

    Accepted:
        services:
          db:
            image: postgres:17
            healthcheck:
              test: pg_isready -h 127.0.0.1
          worker:
            image: example/worker:1
          search: # a database of one's own, whose image may bring a check
            image: example/postgres:17
          backup: # only a tool
            image: postgres:17
            command: pg_dump -h db
    """
    checked = is_checked(service)
    if checked or is_disabled(service) or service.is_job:
        return
    others = waiting(service)
    if others and checked is None:
        listed = ", ".join(f"`{name}`" for name in others)
        yield Finding(
            f"{listed} {'waits' if len(others) == 1 else 'wait'} for `{service.name}` to be "
            "healthy, and it has no health check unless its image brings one",
            at=service.at("healthcheck"),
            hint=suggestion(service),
        )
    elif not others and checked is False and _is_leant_on(service):
        yield Finding(
            f"nobody asks `{service.name}` ({service.software.title}) how it is",
            at=service.at("healthcheck"),
            hint=suggestion(service),
        )


def _is_leant_on(service: Service) -> bool:
    return service.software.kind in _LEANT_ON or service.software.durable(service)
