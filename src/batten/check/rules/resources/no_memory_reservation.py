"""Rule `no-memory-reservation`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.model.size import shown


@rule(severity=Severity.ADVICE)
def no_memory_reservation(service: Service) -> Iterator[Finding]:
    """A service of which nobody has said how much memory it needs.

    When the host runs short, the kernel takes memory first from what is above its reservation: a
    container without one is above it with every byte. The sum of the reservations is also the
    smallest host that the stack fits on, which is what Swarm places services by.

    Flagged:
        services:
          web:
            image: example/web:1
            deploy:
              resources:
                limits: {memory: 1G} # <--

    Accepted:
        services:
          web:
            image: example/web:1
            deploy:
              resources:
                limits: {memory: 1G}
                reservations: {memory: 512M}
          worker:
            image: example/worker:1
            mem_limit: 1g
            mem_reservation: 512m
          without-limit: # that is `no-memory-limit`
            image: example/worker:1
    """
    if not service.memory_limit or service.memory_reservation:
        return
    software = service.software
    amount = min(software.tier.memory_reserved, service.memory_limit // 2)
    yield Finding(
        f"`{service.name}` has no memory reservation",
        at=service.at_first(
            ("deploy", "resources", "reservations"),
            ("deploy", "resources", "limits"),
            ("mem_limit",),
        ),
        hint=f"set `deploy.resources.reservations.memory`, {shown(amount)} for a start",
    )
