"""Rule `discarded-logs`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def discarded_logs(service: Service) -> Iterator[Finding]:
    """A service whose output is thrown away.

    With `driver: none` there is no log at all: `docker logs` shows nothing, and when the service
    crashes nobody can say why. A small rotated file costs a few megabytes.

    Flagged:
        services:
          web:
            image: example/web:1
            logging:
              driver: none # <--

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: local
              options: {max-size: 1m, max-file: "1"}
    """
    if service.logging and service.logging.driver == "none":
        yield Finding(
            f"the output of `{service.name}` is thrown away",
            at=service.at("logging", "driver"),
            hint="use `driver: local`, with `max-size: 1m` where it is only noise",
        )
