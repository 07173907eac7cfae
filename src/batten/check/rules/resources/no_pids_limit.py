"""Rule `no-pids-limit`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.ADVICE)
def no_pids_limit(service: Service) -> Iterator[Finding]:
    """A service that may start as many processes and threads as the host can count.

    Process numbers belong to the host: when one container has used them up, by a fork bomb or by
    a pool that never gives threads back, nothing else can start a process, a login included. A
    limit turns that into an error inside the one service.

    Flagged:
        services:
          web: # <--
            image: example/web:1
          worker:
            image: example/worker:1
            pids_limit: -1 # <--

    Accepted:
        services:
          web:
            image: example/web:1
            deploy: {resources: {limits: {pids: 256}}}
          worker:
            image: example/worker:1
            pids_limit: 256
    """
    if (service.process_limit or 0) <= 0:
        yield Finding(
            f"`{service.name}` has no limit on its processes",
            at=service.at_first(
                ("deploy", "resources", "limits", "pids"),
                ("pids_limit",),
                ("deploy", "resources", "limits"),
            ),
            hint="set `deploy.resources.limits.pids`; Batten's default for "
            f"{service.software.title} is {service.software.tier.pids}",
        )
