"""Rule `max-attempts-with-any`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def max_attempts_with_any(service: Service) -> Iterator[Finding]:
    """A bound on restarts that the engine only takes with `on-failure`.

    Compose passes `condition: any` on as `always`, and the engine refuses to create the container
    (`maximum retry count cannot be used with restart policy 'always'`); `restart: always:3` and
    `unless-stopped:3` are refused alike. `docker compose config` accepts each of them; Swarm takes the bound.

    Flagged:
        services:
          web:
            image: example/web:1
            deploy:
              restart_policy:
                condition: any
                max_attempts: 5 # <--
          worker:
            image: example/worker:1
            restart: always:3 # <--

    Accepted:
        services:
          web:
            image: example/web:1
            deploy: {restart_policy: {condition: any}}
          worker:
            image: example/worker:1
            restart: on-failure:3
    """
    restart = service.restarting
    if restart.is_endless and restart.attempts:
        yield Finding(
            f"`{service.name}` bounds `{_word(service)}` to {restart.attempts} attempts: the "
            "engine refuses to create it",
            at=service.at_first(("deploy", "restart_policy", "max_attempts"), ("restart",)),
            hint="drop the bound, or restart it `on-failure` only",
        )


def _word(service: Service) -> str:
    return "condition: any" if service.deploy.restart_policy else f"restart: {service.restart}"
