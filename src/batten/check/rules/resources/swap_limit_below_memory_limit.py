"""Rule `swap-limit-below-memory-limit`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.model.size import shown


@rule(severity=Severity.ERROR)
def swap_limit_below_memory_limit(service: Service) -> Iterator[Finding]:
    """A `memswap_limit` that the engine does not take.

    It counts memory and swap together, so it cannot be below the memory limit, and means nothing
    without one. The engine refuses to create the container in both cases (`Minimum memoryswap
    limit should be larger than memory limit`, `You should always set the Memory limit when using
    Memoryswap limit`), and Compose says nothing before. It happens when an overlay raises the one
    and not the other.

    Flagged:
        services:
          web:
            image: example/web:1
            memswap_limit: 512m # <--
          worker:
            image: example/worker:1
            memswap_limit: 512m # <--
        ---
        services:
          web:
            deploy: {resources: {limits: {memory: 1G}}}

    Accepted:
        services:
          web:
            image: example/web:1
            mem_limit: 512m
            memswap_limit: 512m
          worker:
            image: example/worker:1
            memswap_limit: -1
    """
    limit, both = service.memory_limit, service.memswap_limit or 0
    if both > 0 and (not limit or both < limit):
        than = f"below its memory limit of {shown(limit)}" if limit else "without a memory limit"
        yield Finding(
            f"the `memswap_limit` of `{service.name}` is {shown(both)}, {than}: the engine "
            "refuses to create it",
            at=service.at("memswap_limit"),
            hint="set it to the same amount as the memory limit, which leaves no swap",
        )
