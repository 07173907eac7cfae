"""Rule `started-before-database`."""

from collections.abc import Iterator

from batten.catalog import Kind
from batten.check import Finding, Service, Severity, rule

# They connect when somebody asks them, or look for it long enough (Kafka for 18 s).
_PATIENT = {Kind.POOLER, Kind.EXPORTER, Kind.DASHBOARD, Kind.QUEUE}


@rule(severity=Severity.WARNING)
def started_before_database(service: Service) -> Iterator[Finding]:
    """A service that depends on a database and does not wait until that takes connections.

    `depends_on` without a condition waits for the database's process only. The first start sets the
    data up and takes much longer than every later one, so that it works for its author and fails
    on a new host. And the engine ignores `depends_on` when it boots: who connects again by itself
    is better off anyway. Not meant are what connects only when it is asked (poolers, exporters,
    dashboards), Kafka, which looks for ZooKeeper for a while, and who waits for a third one that waits.

    Flagged:
        services:
          db:
            image: postgres:17
          api:
            image: example/api:1
            depends_on:
              - db # <--
          worker:
            image: example/api:1
            depends_on:
              db: # <--
                condition: service_started

    Accepted:
        services:
          db:
            image: postgres:17
            healthcheck:
              test: pg_isready -h 127.0.0.1
          pool:
            image: edoburu/pgbouncer:v1.25.2-p0
            depends_on: [db]
          migrate:
            image: example/api:1
            depends_on:
              db: {condition: service_healthy}
          api:
            image: example/api:1
            depends_on:
              db: {condition: service_started}
              migrate: {condition: service_completed_successfully}
    """
    if service.software.kind in _PATIENT:
        return
    for name, dependency in service.depends_on.items():
        other = service.stack.services.get(name)
        if not other or other.software.kind is not Kind.DATABASE:
            continue
        if dependency.condition == "service_started" and not _waits(service, name, set()):
            yield Finding(
                f"`{service.name}` starts before `{name}` ({other.software.title}) takes "
                "connections",
                at=service.at("depends_on", name),
                hint=f"write `depends_on: {{{name}: {{condition: service_healthy}}}}`"
                + ("" if other.healthcheck else f", and give `{name}` a health check"),
            )


def _waits(service: Service, database: str, seen: set[str]) -> bool:
    """Whether it, or one that it waits for, waits until the database is healthy."""
    for name, dependency in service.depends_on.items():
        if dependency.condition == "service_started" or name in seen:
            continue
        if name == database:
            return True
        seen.add(name)
        other = service.stack.services.get(name)
        if other and _waits(other, database, seen):
            return True
    return False
