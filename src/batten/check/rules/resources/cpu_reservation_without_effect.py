"""Rule `cpu-reservation-without-effect`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, Stack, rule


@rule(severity=Severity.ADVICE)
def cpu_reservation_without_effect(stack: Stack) -> Iterator[Finding]:
    """A CPU reservation, which a plain engine does not keep.

    Only Swarm acts on `reservations.cpus`, when it chooses a node. Under `docker compose up` the
    figure was measured to change nothing: who counts on it is as slow as everybody when
    the host is busy. What does count there is `cpu_shares`, and the limits of the others. Right
    where the file is also for Swarm, or where somebody adds the figures up to choose a host.
    Where more than three services have one, it is said once for the stack.

    Flagged:
        services:
          web:
            image: example/web:1
            deploy:
              resources:
                reservations:
                  memory: 256M
                  cpus: "0.5" # <--

    Accepted:
        services:
          web:
            image: example/web:1
            cpu_shares: 2048
            deploy: {resources: {reservations: {memory: 256M}}}
          worker:
            image: example/worker:1
            cpu_shares: 512
            deploy: {resources: {reservations: {cpus: "0.5"}}}
    """
    found = [service for service in stack.services.values() if _is_idle(service)]
    habit = len(found) > _FEW
    for service in found[:1] if habit else found:
        whose = f"{len(found)} services" if habit else f"`{service.name}`"
        yield Finding(
            f"the CPU reservation of {whose} has no effect outside Swarm",
            at=service.at("deploy", "resources", "reservations", "cpus"),
            hint="add `cpu_shares` (1024 is everybody's) to weigh it, or limit its neighbours",
            service=None if habit else service.name,
        )


# So many are named one by one; where there are more, it is how the file is written.
_FEW = 3


def _is_idle(service: Service) -> bool:
    return bool(service.deploy.resources.reservations.cpus) and service.cpu_shares is None
