"""Rule `history-without-volume`."""

from collections.abc import Iterator

from batten.catalog import Kind
from batten.check import Finding, Service, Severity, rule
from batten.check.data import is_mounted

_RECORDERS = {Kind.METRICS, Kind.LOGS}


@rule(severity=Severity.WARNING)
def history_without_volume(service: Service) -> Iterator[Finding]:
    """Metrics or logs that go with their container.

    After `docker compose down`, or an update of the image, the past is gone: just when somebody
    wants to know what was different before.

    Flagged:
        services:
          prometheus: # <--
            image: prom/prometheus:v3.13.2

    Accepted:
        services:
          prometheus:
            image: prom/prometheus:v3.13.2
            volumes: [metrics:/prometheus]
          loki:
            image: grafana/loki:3.7.8
            volumes:
              - ./loki.yaml:/etc/loki/loki.yaml:ro
        volumes: {metrics: {}}
    """
    software = service.software
    # Loki's configuration may send everything to an object store.
    recorded = software.kind in _RECORDERS and software.durable(service)
    if recorded and not software.has_config_file(service) and not is_mounted(service):
        yield Finding(
            f"what `{service.name}` ({software.title}) has recorded is lost with its container: it "
            "has no volume",
            at=service.at("volumes"),
            hint=f"add `volumes: [{service.name}_data:{software.data[0]}]`, and `{service.name}_data:` "
            "under the top-level `volumes`",
        )
