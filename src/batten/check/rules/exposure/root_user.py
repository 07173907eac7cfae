"""Rule `root-user`."""

from collections.abc import Iterator

from batten.catalog import Root, idle_user
from batten.check import Finding, Service, Severity, rule

_ROOT = {"root", "0"}


@rule(severity=Severity.ADVICE)
def root_user(service: Service) -> Iterator[Finding]:
    """A program that runs as root though its image has a user for it.

    Root in a container is the host's root behind a few walls: with a flaw in the kernel, a folder
    of the host mounted, or the engine's socket, it is root outside as well. Images that start as
    root and hand over to a user by themselves (PostgreSQL, Redis) need nothing. Where `user: root`
    was written because a folder could not be written to, its owner is what is wrong.

    Flagged:
        services:
          grafana:
            image: grafana/grafana:12.4.1
            user: root # <--
          api: # <--
            image: node:24

    Accepted:
        services:
          grafana:
            image: grafana/grafana:12.4.1
          db:
            image: postgres:17
            user: root
          api:
            image: node:24
            user: node
          shipper:
            image: example/shipper:1
            user: "0:0"
    """
    asked = service.user.partition(":")[0] if service.user else None
    idle = idle_user(service)
    if asked in _ROOT and service.software.root is Root.NEVER and service.software.user:
        yield Finding(
            f"`{service.name}` ({service.software.title}) is made to run as root; its image has a "
            "user of its own",
            at=service.at("user"),
            hint=f"drop `user`, and give it its folders: `chown -R {service.software.user} FOLDER`",
        )
    elif idle and (asked is None or asked in _ROOT):
        yield Finding(
            f"`{service.name}` runs as root; its image has the user `{idle}` for it",
            at=service.at("user"),
            hint=f"add `user: {idle}`, and give it the folders it writes to",
        )
