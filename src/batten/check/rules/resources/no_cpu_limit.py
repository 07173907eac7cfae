"""Rule `no-cpu-limit`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def no_cpu_limit(service: Service) -> Iterator[Finding]:
    """A service that may take every core there is.

    A loop gone wrong, a big report or a crawler then slows down everything on the host, the
    health checks of the others included: they time out, and services are taken for dead that only
    had to wait. `cpus`, `cpu_quota` and `cpuset` are limits as well.

    Flagged:
        services:
          web: # <--
            image: example/web:1

    Accepted:
        services:
          web:
            image: example/web:1
            deploy: {resources: {limits: {cpus: "1.5"}}}
          worker:
            image: example/worker:1
            cpus: 0.5
          batch:
            image: example/batch:1
            cpuset: "3"
    """
    if not (service.cpu_limit or (service.cpu_quota or 0) > 0 or service.cpuset):
        yield Finding(
            f"`{service.name}` has no CPU limit",
            at=service.at("deploy", "resources", "limits"),
            hint="set `deploy.resources.limits.cpus`; Batten's default for "
            f"{service.software.title} is {service.software.tier.cpus:g}",
        )
