"""Rule `restart-policy-without-condition`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def restart_policy_without_condition(service: Service) -> Iterator[Finding]:
    """A restart policy that never restarts anything.

    On a plain engine a `deploy.restart_policy` without `condition` means *no restart*, and it
    overrides `restart:` beside it: `restart: unless-stopped` with only `max_attempts` below
    `deploy` was measured to stay down after its first crash.

    Flagged:
        services:
          web:
            image: example/web:1
            restart: unless-stopped
            deploy:
              restart_policy: # <--
                max_attempts: 5

    Accepted:
        services:
          web:
            image: example/web:1
            deploy:
              restart_policy:
                condition: on-failure
                max_attempts: 5
    """
    policy = service.deploy.restart_policy
    if policy and policy.condition is None:
        yield Finding(
            f"`{service.name}` is never restarted: its `restart_policy` has no `condition`",
            at=service.at("deploy", "restart_policy"),
            hint="add `condition: on-failure` (or `any`) to it",
        )
