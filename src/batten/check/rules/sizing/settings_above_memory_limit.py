"""Rule `settings-above-memory-limit`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.model.size import shown


@rule(severity=Severity.ERROR)
def settings_above_memory_limit(service: Service) -> Iterator[Finding]:
    """A program that is told to use more memory than its container may have.

    The limit is enforced from outside: when `shared_buffers` and the sorts of all connections,
    `maxmemory`, a Java heap or `GOMEMLIMIT` do not fit inside it, the kernel kills the program
    under load, the moment it is needed most. A Redis that saves forks, and the fork copies what
    changes meanwhile, so `maxmemory` may take 70 % of the limit at most, and 80 % without saves.

    Flagged:
        services:
          cache:
            image: redis:7
            command: redis-server --maxmemory 512mb # <--
            mem_limit: 512m
          db:
            image: postgres:17
            command: # <--
              - postgres
              - -c
              - shared_buffers=1GB
              - -c
              - max_connections=300
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
    """
    limit, demand = service.memory_limit, service.software.demand(service)
    if not limit or demand is None or demand.fits(limit):
        return
    largest = max(demand.parts, key=lambda part: part.amount)
    parts = " + ".join(f"{part.name} {shown(part.amount)}" for part in demand.parts)
    most = f", of which it may use {demand.share:.0%}" if demand.share < 1 else ""
    settings = service.software.settings(service, limit)
    fitting = " ".join(word for setting in settings for word in setting.words)
    yield Finding(
        f"`{service.name}` may use {parts}; its limit is {shown(limit)}{most}",
        at=service.at_first(largest.path, ("command",), ("mem_limit",)),
        hint=f"{demand.why}; inside this limit fits `{fitting}`" if fitting else demand.why,
    )
