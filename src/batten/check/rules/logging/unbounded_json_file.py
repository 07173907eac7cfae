"""Rule `unbounded-json-file`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule

_WHOLE = {None, "", "0", "-1"}


@rule(severity=Severity.WARNING)
def unbounded_json_file(service: Service) -> Iterator[Finding]:
    """A log file that grows until the disk is full.

    `json-file` is the engine's default driver and keeps everything unless `max-size` is set;
    `max-file` alone bounds nothing. A full disk stops every service of the host, databases first.

    Flagged:
        services:
          web:
            image: example/web:1
            logging:
              driver: json-file
        ---
        services:
          web:
            logging: # <--
              options:
                max-file: "3"

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: json-file
        ---
        services:
          web:
            logging:
              options:
                max-size: 10m
                max-file: "3"
    """
    logging = service.logging
    if logging is None or logging.driver not in {None, "json-file"}:
        return
    if (logging.options or {}).get("max-size") in _WHOLE:
        yield Finding(
            f"the log of `{service.name}` grows without an end",
            at=service.at_first(("logging", "options", "max-size"), ("logging",)),
            hint="set `max-size: 10m` and `max-file: 3` under `logging.options`",
        )
