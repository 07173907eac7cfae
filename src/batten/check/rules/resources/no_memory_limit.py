"""Rule `no-memory-limit`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.model.size import shown


@rule(severity=Severity.ERROR)
def no_memory_limit(service: Service) -> Iterator[Finding]:
    """A service that may take all the memory there is.

    When the host runs out, the kernel kills whatever it likes best, which is often the database.
    With a limit only the service that went too far is hit: on a test that drove a container over
    its limit, memory stopped growing exactly there, and its neighbours noticed nothing.

    Flagged:
        services:
          web: # <--
            image: example/web:1

    Accepted:
        services:
          web:
            image: example/web:1
            deploy: {resources: {limits: {memory: 1G}}}
          worker:
            image: example/worker:1
            mem_limit: 512m
    """
    if not service.memory_limit:
        amount = shown(service.software.tier.memory)
        yield Finding(
            f"`{service.name}` has no memory limit",
            at=service.at("deploy", "resources", "limits"),
            hint="set `deploy.resources.limits.memory`; Batten's default for "
            f"{service.software.title} is {amount}",
        )
