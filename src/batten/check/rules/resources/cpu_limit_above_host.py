"""Rule `cpu-limit-above-host`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def cpu_limit_above_host(service: Service) -> Iterator[Finding]:
    """A CPU limit that the host cannot give.

    The engine refuses to create the container (`Range of CPUs is from 0.01 to …`), while
    `docker compose config` accepts the file: a stack written for eight cores does not start on
    two. Needs the host: `batten check --host 2cpu,4g`.

    Flagged:
        # host: 2cpu,4g
        services:
          web:
            image: example/web:1
            deploy: {resources: {limits: {cpus: "4"}}} # <--

    Accepted:
        # host: 2cpu,4g
        services:
          web:
            image: example/web:1
            deploy: {resources: {limits: {cpus: "2"}}}
    """
    host, limit = service.host, service.cpu_limit
    if host and limit and limit > host.cores:
        yield Finding(
            f"`{service.name}` is limited to {limit:g} CPUs, the host has {host.cores:g}: the "
            "engine refuses to create it",
            at=service.at_first(("deploy", "resources", "limits", "cpus"), ("cpus",)),
            hint=f"set it to {host.cores:g} at most, or take it from a variable",
        )
