"""Rule `blocking-loki-driver`."""

from collections.abc import Iterator

from batten.catalog.log_driver import loki_options
from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def blocking_loki_driver(service: Service) -> Iterator[Finding]:
    """A service that stands still when Loki does.

    In the mode `blocking`, which is the default, a program that writes a line waits until the
    driver has taken it. Grafana's driver takes none while its own pushes wait: with a Loki that did
    not read, a container was measured to freeze after 3.9 MB of output; in the mode `non-blocking`
    it went on (grafana/loki issue 2361, open since 2020). The price is that the engine drops lines
    when its buffer is full: of a burst of 300,000 lines of 120 bytes, 107,000 with a buffer of 4 MB.

    Batten's driver (`batten logs install`) writes to the host's disk and waits for nobody, so that
    `blocking` costs nothing and loses nothing: where it is sure to be the one installed, accept
    this. A Compose file cannot say which of the two it is.

    Flagged:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options: # <--
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
          worker:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                mode: blocking # <--

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                mode: non-blocking
                max-buffer-size: 4m
    """
    options = loki_options(service)
    if options is not None and options.get("mode") != "non-blocking":
        yield Finding(
            f"`{service.name}` stands still when Loki does not take its log",
            at=service.at("logging", "options", "mode"),
            hint="add `mode: non-blocking` and `max-buffer-size: 4m` to `logging.options`",
        )
