"""Rule `job-restarted-for-ever`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def job_restarted_for_ever(service: Service) -> Iterator[Finding]:
    """An init container that is started again each time it has done its work.

    `always`, `unless-stopped` and `condition: any` restart what ended well, too. A migration then
    runs over and over, and a service that waits for it to end never starts: with `restart: always`
    on the one, `docker compose up` was measured not to have started the other after 100 s.

    Flagged:
        services:
          web:
            image: example/web:1
            restart: unless-stopped
            depends_on:
              prepare: {condition: service_completed_successfully}
          prepare:
            image: example/web:1
            restart: always # <--
          db-migrate:
            image: example/web:1
            deploy:
              restart_policy:
                condition: any # <--

    Accepted:
        services:
          web:
            image: example/web:1
            restart: unless-stopped
            depends_on:
              prepare: {condition: service_completed_successfully}
          prepare:
            image: example/web:1
            restart: on-failure:5
          seed:
            image: example/web:1
            restart: always
            command: sh -c "while true; do seed; sleep 3600; done"
    """
    if service.is_job and service.restarting.is_endless:
        yield Finding(
            f"`{service.name}` is meant to end, and is started again each time it has",
            at=service.at_first(("deploy", "restart_policy", "condition"), ("restart",)),
            hint="restart it `on-failure`, with a bound: `restart: on-failure:5`",
        )
