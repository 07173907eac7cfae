"""Rule `no-log-rotation`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def no_log_rotation(service: Service) -> Iterator[Finding]:
    """A service that leaves its log to the engine, which as it is installed never rotates one.

    Without `logging` the engine's default counts: `json-file`, without a limit. It grows until the
    disk is full, and a full disk stops every service of the host, databases first. Where
    `/etc/docker/daemon.json` rotates logs on every host that the stack may run on, say so in an
    acceptance. What only runs once and ends has no log to speak of.

    Flagged:
        services:
          web: # <--
            image: example/web:1

    Accepted:
        services:
          web:
            image: example/web:1
            logging:
              driver: local # rotates by itself
            depends_on:
              migrate: {condition: service_completed_successfully}
          worker:
            image: example/web:1
            logging:
              options: {max-size: 10m, max-file: "3"}
          migrate:
            image: example/web:1
    """
    if service.logging is None and not service.is_job:
        yield Finding(
            f"nothing rotates the log of `{service.name}`: it has no `logging`",
            at=service.at("logging"),
            hint="set `logging: {driver: local}`, or `json-file` with `max-size: 10m` and "
            '`max-file: "3"`',
        )
