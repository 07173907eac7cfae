"""Rule `restart-overridden-by-deploy`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.model import Restart


@rule(severity=Severity.WARNING)
def restart_overridden_by_deploy(service: Service) -> Iterator[Finding]:
    """A `restart` that is written and does not count.

    Where a service has both, Compose takes `deploy.restart_policy` and drops `restart` without a
    word: `restart: always` beside `condition: on-failure` stays down after a clean exit. That the
    two mean the same is no finding.

    Flagged:
        services:
          web:
            image: example/web:1
            restart: always # <--
            deploy:
              restart_policy:
                condition: on-failure

    Accepted:
        services:
          web:
            image: example/web:1
            restart: unless-stopped
            deploy: {restart_policy: {condition: any}}
          worker:
            image: example/worker:1
            restart: on-failure:3
            deploy: {restart_policy: {condition: on-failure, max_attempts: 3}}
    """
    policy = service.deploy.restart_policy
    if not policy or not policy.condition or not service.restart:
        return
    written, counts = Restart.parse(service.restart), service.restarting
    if written != counts and not (written.is_endless and counts.is_endless):
        yield Finding(
            f"`restart: {service.restart}` of `{service.name}` does not count: "
            f"`deploy.restart_policy` makes it `{counts}`",
            at=service.at("restart"),
            hint="keep one of the two; an overlay drops the base's with `restart: !reset null`",
        )
