"""Rule `host-pid`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def host_pid(service: Service) -> Iterator[Finding]:
    """A container that sees every process of its host.

    With `pid: host` its root may signal each of them, read their environment (passwords included)
    in `/proc/PID/environ`, and reach the host's files through `/proc/PID/root`. What measures the
    host's processes has to see them.

    Flagged:
        services:
          worker:
            image: example/worker:1
            pid: host # <--

    Accepted:
        services:
          worker:
            image: example/worker:1
          debug:
            image: example/debug:1
            pid: service:worker
          node:
            image: quay.io/prometheus/node-exporter:v1.9.1
            pid: host
    """
    if service.pid == "host" and not service.software.watches_host:
        yield Finding(
            f"`{service.name}` sees every process of the host, and its root may signal them",
            at=service.at("pid"),
            hint="drop `pid: host`; `pid: service:NAME` shows the processes of one service",
        )
