"""Rule `settings-above-memory-limit`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.check.demand import demand, fitting, place
from batten.model.size import shown


@rule(severity=Severity.ERROR)
def settings_above_memory_limit(service: Service) -> Iterator[Finding]:
    """A program that is told to use all the memory its container may have, or more.

    The limit is enforced from outside: when `shared_buffers`, `maxmemory`, a Java heap, a cache or
    `GOMEMLIMIT` reach it, the kernel kills the program under load, the moment it is needed most.
    A setting below the limit that leaves too little for the rest is
    `settings-close-to-memory-limit`.

    Flagged:
        services:
          cache:
            image: redis:7
            command: redis-server --maxmemory 512mb # <--
            mem_limit: 512m
          db:
            image: postgres:17
            command:
              - postgres
              - -c
              - max_connections=50
              - -c
              - shared_buffers=4GB # <--
            mem_limit: 2g
          search:
            image: elasticsearch:8.19.7
            environment:
              ES_JAVA_OPTS: -Xms2g -Xmx2g # <--
            mem_limit: 2g

    Accepted:
        services:
          cache:
            image: redis:7
            command: redis-server --maxmemory 512mb
            mem_limit: 768m
          db:
            image: postgres:17
            command: postgres -c shared_buffers=512MB -c max_connections=100
            mem_limit: 2g
          search:
            image: elasticsearch:8.19.7
            environment:
              ES_JAVA_OPTS: -Xms1g -Xmx1g
            mem_limit: 2g
          configured: # its settings are in a file
            image: postgres:17
            command: postgres -c config_file=/etc/postgresql/postgresql.conf
            mem_limit: 128m
    """
    limit, wanted = service.memory_limit, demand(service)
    if not limit or not wanted or wanted.certain < limit:
        return
    parts = [part for part in wanted.parts if part.certain]
    listed = " + ".join(f"{part.name} {shown(part.amount)}" for part in parts)
    yield Finding(
        f"`{service.name}` takes {listed}; its limit is {shown(limit)}",
        at=place(service, parts),
        hint=f"{wanted.why}{fitting(service, limit)}",
    )
