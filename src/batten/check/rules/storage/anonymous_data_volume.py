"""Rule `anonymous-data-volume`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.check.data import data_mounts


@rule(severity=Severity.WARNING)
def anonymous_data_volume(service: Service) -> Iterator[Finding]:
    """Data in a volume that has no name.

    Only the container knows the volume. After `docker compose down` the next one gets a new, empty
    volume; the old one stays behind under 64 hexadecimal digits, until `docker volume prune`, which
    takes nameless volumes without asking for them.

    Flagged:
        services:
          db:
            image: mysql:8.4
            volumes:
              - /var/lib/mysql # <--

    Accepted:
        services:
          db:
            image: mysql:8.4
            volumes:
              - db:/var/lib/mysql
          web:
            image: node:24
            volumes:
              - /app/node_modules
        volumes: {db: {}}
    """
    for mount in data_mounts(service):
        if mount.type == "volume" and not mount.source:
            yield Finding(
                f"the data of `{service.name}` is in a volume without a name, which the next "
                "container does not find",
                at=service.at_mount(mount),
                hint=f"name it: `{service.name}_data:{mount.target}`, and `{service.name}_data:` "
                "under the top-level `volumes`",
            )
