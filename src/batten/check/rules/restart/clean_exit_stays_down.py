"""Rule `clean-exit-stays-down`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def clean_exit_stays_down(service: Service) -> Iterator[Finding]:
    """A service that comes back from a crash, and not from a reboot.

    When the engine or the host shuts down, it stops every container, and what then exits 0 has
    not failed: under `on-failure` it stays down afterwards. PostgreSQL, Redis and Caddy do exit
    0, and were measured to be down after a restart of the engine, while crashed ones came back;
    under `always` and `unless-stopped` all did. In Swarm the same task ends as `Complete`.

    Flagged:
        services:
          db:
            image: postgres:17
            deploy:
              restart_policy:
                condition: on-failure # <--
          caddy:
            image: caddy:2.10
            restart: on-failure # <--

    Accepted:
        services:
          db:
            image: postgres:17
            restart: unless-stopped
          caddy:
            image: caddy:2.10
            deploy: {restart_policy: {condition: any}}
          web:
            image: example/web:1
            restart: on-failure
    """
    restart, software = service.restarting, service.software
    if restart.name != "on-failure" or not software.stop.clean or service.is_job:
        return
    policy = service.deploy.restart_policy
    bound = " (without `max_attempts`)" if restart.attempts else ""
    yield Finding(
        f"`{service.name}` stays down after a reboot: {software.title} then exits 0, which is no "
        "failure",
        at=service.at_first(("deploy", "restart_policy", "condition"), ("restart",)),
        hint=f"set `condition: any`{bound}" if policy else "set `restart: unless-stopped`",
    )
