"""Rule `database-without-volume`."""

from collections.abc import Iterator

from batten.catalog import Kind
from batten.check import Finding, Service, Severity, rule
from batten.check.data import is_mounted

_KEEPERS = {Kind.DATABASE, Kind.CACHE, Kind.QUEUE, Kind.SEARCH, Kind.OBJECTS}


@rule(severity=Severity.ERROR)
def database_without_volume(service: Service) -> Iterator[Finding]:
    """A database, queue or object store whose data goes with its container.

    Without a volume of its own the data lies in the container or in a nameless volume that only
    this container knows. Both are lost to the stack with `docker compose down`: the next `up`
    starts with an empty database, and nothing says so.

    Flagged:
        services:
          db: # <--
            image: postgres:17
          queue:
            image: rabbitmq:4
            volumes: # <--
              - ./rabbitmq.conf:/etc/rabbitmq/rabbitmq.conf:ro

    Accepted:
        services:
          db:
            image: postgres:17
            volumes: [db:/var/lib/postgresql/data]
          elsewhere:
            image: postgres:17
            environment: {PGDATA: /srv/pg/data}
            volumes: [elsewhere:/srv/pg]
          drives:
            image: pgsty/silo:RELEASE.2026-09-16T00-00-00Z
            command: server /disk{1...2}
            volumes: [one:/disk1, two:/disk2]
          test:
            image: postgres:17
            tmpfs: [/var/lib/postgresql/data]
          cache:
            image: redis:8
            command: [redis-server, --save, ""]
          dump:
            image: postgres:17
            command: [pg_dump, --host, db]
        volumes: {db: {}, elsewhere: {}, one: {}, two: {}}
    """
    software = service.software
    if software.kind in _KEEPERS and software.durable(service) and not is_mounted(service):
        yield Finding(
            f"the data of `{service.name}` ({software.title}) is lost with its container: it has "
            "no volume",
            at=service.at("volumes"),
            hint=f"add `volumes: [{service.name}_data:{software.data[0]}]`, and `{service.name}_data:` "
            "under the top-level `volumes`",
        )
