"""Rule `edge-proxy-never-restarted`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ERROR)
def edge_proxy_never_restarted(service: Service) -> Iterator[Finding]:
    """The proxy that everybody comes in through, and nothing starts again.

    Everything behind it may be well, be restarted and be monitored: from outside the whole stack
    is down until somebody logs in, after a crash and after each reboot.

    Flagged:
        services:
          caddy: # <--
            image: caddy:2.10
            ports: ["80:80"]
          traefik:
            image: traefik:3.5
            ports: ["443:443"]
            restart: unless-stopped
            deploy:
              restart_policy:
                condition: none # <--

    Accepted:
        services:
          caddy:
            image: caddy:2.10
            ports: ["80:80"]
            restart: always
          traefik:
            image: traefik:3.5
            ports: ["443:443"]
            deploy: {restart_policy: {condition: any}}
    """
    policy = service.deploy.restart_policy
    if not service.is_entrance or service.restarting.name != "no":
        return
    if policy and policy.condition is None:  # `restart-policy-without-condition` says it
        return
    yield Finding(
        f"`{service.name}` is never restarted, and everybody comes in through it",
        at=service.at(*(("deploy", "restart_policy", "condition") if policy else ("restart",))),
        hint="set `restart: unless-stopped`"
        + (", and drop `deploy.restart_policy`, which overrides it" if policy else ""),
    )
