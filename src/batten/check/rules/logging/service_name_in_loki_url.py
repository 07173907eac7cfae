"""Rule `service-name-in-loki-url`."""

from collections.abc import Iterator

from batten.catalog.log_driver import loki_host, loki_options
from batten.check import Finding, Severity, Stack, rule


@rule(severity=Severity.WARNING)
def service_name_in_loki_url(stack: Stack) -> Iterator[Finding]:
    """A `loki-url` that names a service of the stack.

    Grafana's log driver runs in the host's network, where names of services mean nothing:
    `http://loki:3100` is never found (grafana/loki issues 6112 and 5349). No line arrives, and what
    is written into a full pipe waits. Publish Loki's port on the loopback and name that, or accept
    this where the driver that is installed as `loki` looks the name up itself.

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
                f"`{service.name}` sends its log to `{host}`, a name that Grafana's log driver "
                "cannot find: it runs in the host's network",
                at=service.at("logging", "options", "loki-url"),
                hint="publish Loki's port as `127.0.0.1:3100:3100` and name `127.0.0.1` in the URL",
                service=service.name,
                secret="@" in options["loki-url"],
            )
