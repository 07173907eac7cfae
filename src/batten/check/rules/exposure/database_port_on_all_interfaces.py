"""Rule `database-port-on-all-interfaces`."""

from collections.abc import Iterator

from batten.catalog import Kind
from batten.check import Finding, Service, Severity, rule

_HIDDEN = {Kind.DATABASE, Kind.CACHE, Kind.QUEUE, Kind.SEARCH, Kind.POOLER}
_EVERYWHERE = {None, "", "0.0.0.0", "::"}  # noqa: S104  # to be found, not to be bound to


@rule(severity=Severity.ERROR)
def database_port_on_all_interfaces(service: Service) -> Iterator[Finding]:
    """A database, cache or queue that anybody who reaches the host can reach.

    A port without an address is published on every interface, and Docker's own firewall rules come
    before those of `ufw` and `firewalld`, which therefore do not protect it. Other services of the
    stack need no published port: they reach it by its service name.

    Flagged:
        services:
          db:
            image: postgres:17
            ports:
              - "5432:5432" # <--

    Accepted:
        services:
          db:
            image: postgres:17
            ports:
              - "127.0.0.1:5432:5432"
          web:
            image: example/web:1
            ports:
              - "80:8080"
    """
    if service.software.kind not in _HIDDEN:
        return
    for port in service.ports:
        if port.host_ip in _EVERYWHERE:
            yield Finding(
                f"`{service.name}` ({service.software.title}) answers on every interface of the "
                f"host, port {port.published or 'chosen by the engine'}",
                at=service.at_port(port),
                hint="publish it as `127.0.0.1:PORT:PORT`, or leave `ports` out: the stack's own "
                "services do not need it",
            )
