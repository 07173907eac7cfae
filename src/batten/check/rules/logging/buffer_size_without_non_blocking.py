"""Rule `buffer-size-without-non-blocking`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def buffer_size_without_non_blocking(service: Service) -> Iterator[Finding]:
    """A `max-buffer-size` that the engine refuses.

    The buffer only exists in the mode `non-blocking`. Without it the engine refuses to create the
    container, while `docker compose config` accepts the file.

    Flagged:
        services:
          web:
            image: example/web:1
            logging:
              driver: json-file
              options:
                max-size: 10m
                max-buffer-size: 4m # <--

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: json-file
              options:
                max-size: 10m
                mode: non-blocking
                max-buffer-size: 4m
    """
    options = (service.logging and service.logging.options) or {}
    if options.get("max-buffer-size") and options.get("mode") != "non-blocking":
        yield Finding(
            f"`{service.name}` has a `max-buffer-size` without `mode: non-blocking`: the engine "
            "refuses to create it",
            at=service.at("logging", "options", "max-buffer-size"),
            hint="add `mode: non-blocking` beside it",
        )
