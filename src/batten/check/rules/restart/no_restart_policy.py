"""Rule `no-restart-policy`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def no_restart_policy(service: Service) -> Iterator[Finding]:
    """A service that stays down after its first crash, and after every reboot.

    Without a policy the engine starts a container once. With one, a killed process was measured
    to run again after 0.36 s. What is meant to end says so: by `restart: "no"`, by another
    service that waits for `service_completed_successfully`, or by a name like `migrate`. A
    service that publishes a port, or that others wait for, is not meant to end.

    Flagged:
        services:
          web: # <--
            image: example/web:1
          db:
            image: postgres:17
            restart: "no" # <--

    Accepted:
        services:
          web:
            image: example/web:1
            restart: unless-stopped
            depends_on:
              prepare: {condition: service_completed_successfully}
          worker:
            image: example/worker:1
            deploy: {restart_policy: {condition: on-failure}}
          prepare:
            image: example/web:1
            command: prepare
          db-migrate:
            image: example/web:1
          report:
            image: example/report:1
            restart: "no"
    """
    policy = service.deploy.restart_policy
    if service.restarting.name != "no" or service.is_job or service.is_entrance:
        return
    if policy and policy.condition is None:  # `restart-policy-without-condition` says it
        return
    if service.is_named_like_a_job and not service.ports:  # nobody knows
        return
    chosen = bool(service.restart or policy)
    if not chosen or service.is_server:
        yield Finding(
            f"`{service.name}` stays down after its first crash and after a reboot: "
            + ("its restart policy says so" if chosen else "it has no restart policy"),
            at=service.at(*(("deploy", "restart_policy", "condition") if policy else ("restart",))),
            hint=f"set `{'condition: any' if policy else 'restart: unless-stopped'}`"
            + ("" if chosen else ', or `restart: "no"` where it is meant to end'),
        )
