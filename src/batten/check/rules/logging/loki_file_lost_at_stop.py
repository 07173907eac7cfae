"""Rule `loki-file-lost-at-stop`."""

from collections.abc import Iterator

from batten.catalog.log_driver import is_set, loki_options
from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def loki_file_lost_at_stop(service: Service) -> Iterator[Finding]:
    """A log file that is deleted at the moment when somebody wants to read it.

    Without `keep-file` the `loki` driver removes its copy when the container stops, so `docker
    logs` of a service that crashed is empty. Loki has not got its last words either: Grafana's
    driver was measured to lose 356 to 392 lines each time that a busy container ended.

    Flagged:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options: # <--
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                max-size: 10m

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                max-size: 10m
                keep-file: "true"
    """
    options = loki_options(service)
    if options is None or is_set(options, "no-file") or is_set(options, "keep-file"):
        return
    yield Finding(
        f"the log file of `{service.name}` is deleted when it stops or crashes",
        at=service.at("logging", "options", "keep-file"),
        hint='add `keep-file: "true"` to `logging.options`, and `max-size` beside it',
    )
