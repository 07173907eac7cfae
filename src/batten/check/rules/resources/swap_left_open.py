"""Rule `swap-left-open`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.model.size import shown


@rule(severity=Severity.ADVICE)
def swap_left_open(service: Service) -> Iterator[Finding]:
    """A memory limit that doubles on a host with swap.

    Without `memswap_limit` the engine allows as much swap again as the memory limit (it sets
    twice the limit for both together), and with -1 any amount. What outgrows its limit is then
    not killed but crawls, and the disk that everybody shares with it. Set to the memory limit,
    there is no swap, and a leak ends with a restart. Nothing changes on a host without swap.

    Flagged:
        services:
          web:
            image: example/web:1
            deploy:
              resources:
                limits:
                  memory: 1G # <--
          worker:
            image: example/worker:1
            mem_limit: 1g
            memswap_limit: -1 # <--

    Accepted:
        services:
          web:
            image: example/web:1
            memswap_limit: 1G
            deploy: {resources: {limits: {memory: 1G}}}
          worker:
            image: example/worker:1
            mem_limit: 1g
            memswap_limit: 1536m # somebody has thought about it
          without-limit: # that is `no-memory-limit`
            image: example/worker:1
    """
    limit, both = service.memory_limit, service.memswap_limit or 0
    if limit and both <= 0:
        most = "any amount of swap" if both else f"swap {shown(limit)} more"
        yield Finding(
            f"`{service.name}` may use {shown(limit)}, and {most}",
            at=service.at_first(
                ("memswap_limit",), ("deploy", "resources", "limits", "memory"), ("mem_limit",)
            ),
            hint="set `memswap_limit` to the same amount as the memory limit",
        )
