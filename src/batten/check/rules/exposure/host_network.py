"""Rule `host-network`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def host_network(service: Service) -> Iterator[Finding]:
    """A container in its host's own network.

    Everything it listens on is open on the host's interfaces, whatever `ports` says (Compose
    refuses the two together); it reaches what listens on the host's loopback, where databases and
    admin pages often ask for no password; and other services cannot find it by its name. What
    measures the host's own network has to be there.

    Flagged:
        services:
          web:
            image: example/web:1
            network_mode: host # <--

    Accepted:
        services:
          web:
            image: example/web:1
            ports: ["80:8080"]
          sidecar:
            image: example/sidecar:1
            network_mode: service:web
          node:
            image: prom/node-exporter:v1.9.1
            network_mode: host
    """
    if service.network_mode == "host" and not service.software.watches_host:
        yield Finding(
            f"`{service.name}` is in the host's network: all that it listens on is open there",
            at=service.at("network_mode"),
            hint="drop `network_mode`, and publish what is wanted from outside under `ports`",
        )
