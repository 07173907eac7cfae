"""Rule `unbounded-loki-file`."""

from collections.abc import Iterator

from batten.catalog.log_driver import is_set, loki_options
from batten.check import Finding, Service, Severity, rule

_WHOLE = {None, "", "0", "-1"}


@rule(severity=Severity.WARNING)
def unbounded_loki_file(service: Service) -> Iterator[Finding]:
    """A log that goes to Loki and fills the host's disk all the same.

    The `loki` driver keeps a copy of every line for `docker logs`, and without `max-size` that file
    is never rotated. A full disk stops every service of the host, databases first.

    Flagged:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options: # <--
                loki-url: http://127.0.0.1:3100/loki/api/v1/push

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                max-size: 10m
                max-file: "3"
          worker:
            image: example/web:1
            logging:
              driver: loki
              options:
                loki-url: http://127.0.0.1:3100/loki/api/v1/push
                no-file: "true"
    """
    options = loki_options(service)
    if options is None or is_set(options, "no-file"):
        return
    if options.get("max-size") in _WHOLE:
        yield Finding(
            f"the copy of the log of `{service.name}` that stays on the host grows without an end",
            at=service.at("logging", "options", "max-size"),
            hint='add `max-size: 10m` and `max-file: "3"` to `logging.options`',
        )
