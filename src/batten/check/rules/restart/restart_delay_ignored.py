"""Rule `restart-delay-ignored`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ADVICE)
def restart_delay_ignored(service: Service) -> Iterator[Finding]:
    """A `delay` or `window` of a restart policy, which only Swarm acts on.

    On a plain engine both are ignored, silently: `on-failure` with 3 attempts and a delay of 5 s
    was measured to start 4 times in 1.4 s and then to stay down. Attempts are never forgotten
    either, whatever the `window`: a service that ran 12 s each time was given up after its second
    restart with `max_attempts: 2`. Right where the file is meant for Swarm, or where something
    beside the engine acts on them.

    Flagged:
        services:
          web:
            image: example/web:1
            deploy:
              restart_policy:
                condition: on-failure
                delay: 5s # <--
                window: 2m

    Accepted:
        services:
          web:
            image: example/web:1
            deploy: {restart_policy: {condition: on-failure, max_attempts: 10}}
    """
    policy = service.deploy.restart_policy
    if not policy or policy.condition in {None, "none"}:
        return
    ignored = [name for name in ("delay", "window") if getattr(policy, name)]
    if ignored:
        listed = " and ".join(f"`{name}`" for name in ignored)
        yield Finding(
            f"the engine ignores {listed} in the restart policy of `{service.name}`",
            at=service.at("deploy", "restart_policy", ignored[0]),
            hint="outside Swarm only `condition` and `max_attempts` count: choose them so that "
            "they do without",
        )
