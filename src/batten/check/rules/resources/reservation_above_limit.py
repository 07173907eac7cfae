"""Rule `reservation-above-limit`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.model.size import shown


@rule(severity=Severity.ERROR)
def reservation_above_limit(service: Service) -> Iterator[Finding]:
    """More kept for a service than it may use.

    With memory the engine refuses to create the container (`Minimum memory limit can not be less
    than memory reservation limit`), which shows at `up` and not in `docker compose config`. With
    CPUs, Swarm keeps cores free that the service can never use. It happens where base and overlay
    each give one of the two.

    Flagged:
        services:
          web:
            image: example/web:1
            deploy:
              resources:
                reservations:
                  memory: 1G
          worker:
            image: example/worker:1
            deploy:
              resources:
                limits:
                  cpus: "1"
                reservations:
                  cpus: "2" # <--
        ---
        services:
          web:
            deploy:
              resources:
                reservations:
                  memory: 1G # <--
                limits:
                  memory: 512M

    Accepted:
        services:
          web:
            image: example/web:1
            deploy:
              resources:
                limits: {memory: 1G, cpus: "1"}
                reservations: {memory: 1G, cpus: "1"}
    """
    limit, kept = service.memory_limit, service.memory_reservation
    if limit and kept and kept > limit:
        yield Finding(
            f"`{service.name}` reserves {shown(kept)} and may use {shown(limit)}: the engine "
            "refuses to create it",
            at=service.at_first(
                ("deploy", "resources", "reservations", "memory"), ("mem_reservation",)
            ),
            hint="lower the reservation, or raise the limit",
        )
    cores, kept_cores = service.cpu_limit, service.deploy.resources.reservations.cpus
    if cores and kept_cores and kept_cores > cores:
        yield Finding(
            f"`{service.name}` reserves {kept_cores:g} CPUs and may use {cores:g}",
            at=service.at("deploy", "resources", "reservations", "cpus"),
            hint="lower the reservation, or raise the limit",
        )
