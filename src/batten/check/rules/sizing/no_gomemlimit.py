"""Rule `no-gomemlimit`."""

from collections.abc import Iterator

from batten.catalog import Kind
from batten.check import Finding, Service, Severity, rule
from batten.check.demand import demand, told_elsewhere
from batten.model.size import shown


@rule(severity=Severity.ADVICE)
def no_gomemlimit(service: Service) -> Iterator[Finding]:
    """A Go program that lets its heap double before it collects.

    Go's collector does not see the container's limit: with 600 MB alive and a limit of 1 GB it
    lets the heap grow to 1.2 GB, and the kernel kills a program that had enough. With
    `GOMEMLIMIT` it collects more often as it comes close. Programs that set it themselves
    (Prometheus since 3.0, Caddy since 2.10) and exporters, which stay small, are left alone.

    Flagged:
        services:
          loki:
            image: grafana/loki:3.7.8
            deploy:
              resources:
                limits:
                  memory: 1G # <--

    Accepted:
        services:
          loki:
            image: grafana/loki:3.7.8
            environment:
              GOMEMLIMIT: 921MiB
            mem_limit: 1g
          prometheus:
            image: prom/prometheus:v3.13.2
            mem_limit: 1g
          caddy:
            image: caddy:2.11
            mem_limit: 512m
          exporter:
            image: prometheuscommunity/postgres-exporter:v0.20.1
            mem_limit: 64m
    """
    software, limit = service.software, service.memory_limit
    if not limit or software.kind is Kind.EXPORTER or demand(service):
        return
    if software.fits_itself(service) or software.knows_its_limit(service):
        return
    if told_elsewhere(service, "GOMEMLIMIT"):
        return
    for setting in software.settings(service, limit):
        if setting.name == "GOMEMLIMIT":
            yield Finding(
                f"`{service.name}` has {shown(limit)}, and {software.title} does not know it",
                at=service.at_first(("deploy", "resources", "limits", "memory"), ("mem_limit",)),
                hint=f"set `GOMEMLIMIT: {setting.value}` in its `environment`, {setting.why}",
            )
