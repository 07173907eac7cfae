"""Rule `memory-limits-above-host`."""

from collections.abc import Iterator

from batten.check import Finding, Severity, Stack, rule
from batten.model.size import shown


@rule(severity=Severity.WARNING)
def memory_limits_above_host(stack: Stack) -> Iterator[Finding]:
    """Memory limits that sum to more than the host has.

    Each limit is kept, and together they still exhaust the machine: then the kernel chooses whom
    to kill, as if there were no limits. Nothing else sums them: the engine accepts even one limit
    above the host's memory. Needs the host: `batten check --host 2cpu,4g`.

    Flagged:
        # host: 2cpu,4g
        services: # <--
          db:
            image: postgres:17
            mem_limit: 3g
          web:
            image: example/web:1
            mem_limit: 1g
            scale: 2

    Accepted:
        # host: 2cpu,4g
        services:
          db:
            image: postgres:17
            mem_limit: 2g
          web:
            image: example/web:1
            mem_limit: 512m
            scale: 2
    """
    limits = [(service.memory_limit or 0) * service.replicas for service in stack.services.values()]
    if stack.host and sum(limits) > stack.host.memory:
        yield Finding(
            f"the memory limits sum to {shown(sum(limits))}, the host has "
            f"{shown(stack.host.memory)}",
            at=stack.at("services"),
            hint="lower the limits, or move services to another host",
        )
