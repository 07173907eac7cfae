"""Rule `service-name-in-loki-url`."""

from collections.abc import Iterator

from batten.catalog.log_driver import loki_host, loki_options
from batten.check import Finding, Severity, Stack, rule


@rule(severity=Severity.WARNING)
def service_name_in_loki_url(stack: Stack) -> Iterator[Finding]:
    """A `loki-url` that names a service of the stack.

    A log driver runs in the host's network, where names of services mean nothing: Grafana's never
    finds `http://loki:3100` (grafana/loki issues 6112 and 5349). No line arrives, and what is
    written into a full pipe waits. Batten's driver, which takes the same options, looks the name up
    in the container's own project: install it with `batten logs install` and accept this, or
    publish Loki's port on the loopback and name that, which works with both.

    Flagged:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://loki:3100/loki/api/v1/push # <--
          loki:
            image: grafana/loki:3.7.8

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
          other:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: https://logs.example.com/loki/api/v1/push
          loki:
            image: grafana/loki:3.7.8
            ports: ["127.0.0.1:3100:3100"]
    """
    names = {*stack.services, *(one.container_name for one in stack.services.values())}
    unknown = {name.lower() for name in names if name}
    for service in stack.services.values():
        options = loki_options(service) or {}
        host = loki_host(options)
        if host in unknown:
            yield Finding(
                f"`{service.name}` sends its log to `{host}`, a name that only Batten's log driver "
                "can find: Grafana's asks the host's network",
                at=service.at("logging", "options", "loki-url"),
                hint="install Batten's with `batten logs install` and accept this, or publish "
                "Loki's port as `127.0.0.1:3100:3100` and name `127.0.0.1` in the URL",
                service=service.name,
                secret="@" in options["loki-url"],
            )
