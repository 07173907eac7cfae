"""Rule `settings-close-to-memory-limit`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.check.demand import demand, fitting, place
from batten.model.size import shown


@rule(severity=Severity.WARNING)
def settings_close_to_memory_limit(service: Service) -> Iterator[Finding]:
    """A memory setting that fits the limit, with too little room for what comes on top of it.

    No setting counts everything. A Redis that saves forks, and the fork copies what changes
    meanwhile, so `maxmemory` may take 70 % of the limit, and 80 % where nothing is saved; a Java
    heap has metaspace, threads and buffers beside it; Go's collector needs 5 to 10 % above
    `GOMEMLIMIT`. It works until a busy day, and then the kernel kills it.

    Flagged:
        services:
          cache:
            image: redis:7
            command: redis-server --maxmemory 600mb --appendonly yes # <--
            mem_limit: 768m
          app:
            image: eclipse-temurin:21
            environment:
              JAVA_OPTS: -Xmx960m # <--
            mem_limit: 1g

    Accepted:
        services:
          cache:
            image: redis:7
            command: redis-server --maxmemory 512mb --appendonly yes
            mem_limit: 768m
          throwaway:
            image: redis:7
            command: redis-server --maxmemory 600mb --save ""
            mem_limit: 768m
          app:
            image: eclipse-temurin:21
            environment:
              JAVA_OPTS: -Xmx768m
            mem_limit: 1g
    """
    limit, wanted = service.memory_limit, demand(service)
    if not limit or not wanted or not limit * wanted.share < wanted.certain < limit:
        return
    parts = [part for part in wanted.parts if part.certain]
    listed = " + ".join(f"{part.name} {shown(part.amount)}" for part in parts)
    yield Finding(
        f"`{service.name}` takes {listed}, {wanted.certain / limit:.0%} of its limit of "
        f"{shown(limit)}; more than {wanted.share:.0%} leaves too little room",
        at=place(service, parts),
        hint=f"{wanted.why}{fitting(service, limit)}",
    )
