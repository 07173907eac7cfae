"""Rule `loki-logging-to-itself`."""

from collections.abc import Iterator
from ipaddress import ip_address

from batten.catalog import Kind
from batten.catalog.log_driver import loki_host, loki_options
from batten.check import Finding, Service, Severity, rule

_OF_LOGS = {Kind.LOGS, Kind.SHIPPER}


@rule(severity=Severity.ERROR)
def loki_logging_to_itself(service: Service) -> Iterator[Finding]:
    """A Loki, or what carries logs to it, whose own log goes there too.

    Each push makes lines about the push, which are pushed. And when Loki has something to complain
    about it cannot be reached, so that the line that explains it is the one that is lost; in the
    mode `blocking` Loki waits for itself. Another Loki, by a name of its own, may well have them.

    Flagged:
        services:
          loki:
            image: grafana/loki:3.7.8
            logging:
              driver: loki # <--
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
          alloy:
            image: grafana/alloy:v1.11.0
            logging:
              driver: loki # <--
              options:
                loki-url: http://loki:3100/loki/api/v1/push

    Accepted:
        services:
          loki:
            image: grafana/loki:3.7.8
            logging:
              driver: local
          alloy:
            image: grafana/alloy:v1.11.0
            logging:
              driver: loki
              options:
                loki-url: https://logs.example.com/loki/api/v1/push
    """
    options = loki_options(service)
    if options is None or service.software.kind not in _OF_LOGS:
        return
    if not _is_elsewhere(loki_host(options)):
        yield Finding(
            f"`{service.name}` ({service.software.title}) sends its own log to Loki",
            at=service.at("logging", "driver"),
            hint='give it `driver: local`, or `json-file` with `max-size: 10m` and `max-file: "3"`',
        )


def _is_elsewhere(host: str) -> bool:
    """Whether it is the name of a machine in the network, which is hardly this Loki."""
    try:
        ip_address(host)
    except ValueError:
        return "." in host and not host.endswith(".internal")
    return False
