"""Rule `relative-data-folder`."""

import re
from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.check.data import data_mounts
from batten.model import Mount

_RELATIVE = re.compile(r"(?:^|\bsource )\.{1,2}(?:/|:| |$)")


@rule(severity=Severity.WARNING)
def relative_data_folder(service: Service) -> Iterator[Finding]:
    """A database's data in a folder beside the Compose file.

    `./data` is wherever the first Compose file is: in another checkout the database is empty,
    `git clean -fdx` deletes it, and it is sent along to every image that is built there. Its files
    belong to the container's user, and the engine neither lists nor protects them. A named volume
    has none of this; where a folder is wanted, its absolute path says which.

    Flagged:
        services:
          db:
            image: postgres:17
            volumes:
              - ./pgdata:/var/lib/postgresql/data # <--
          queue:
            image: rabbitmq:4
            volumes:
              - type: bind # <--
                source: ../rabbit
                target: /var/lib/rabbitmq

    Accepted:
        services:
          db:
            image: postgres:17
            volumes:
              - /srv/pgdata:/var/lib/postgresql/data
              - ./setup.sql:/docker-entrypoint-initdb.d/setup.sql:ro
          cache:
            image: redis:8
            volumes:
              - cache:/data
              - ./redis.conf:/data/redis.conf
          app:
            image: example/app:1
            volumes:
              - ./uploads:/uploads
        volumes: {cache: {}}
    """
    for mount in data_mounts(service):
        if mount.type == "bind" and not mount.read_only and _is_relative(service, mount):
            yield Finding(
                f"the data of `{service.name}` is in a folder beside the Compose file, and moves "
                "or goes with it",
                at=service.at_mount(mount),
                hint=f"use a volume (`{service.name}_data:{mount.target}`), or an absolute path",
            )


def _is_relative(service: Service, mount: Mount) -> bool:
    at = service.at_mount(mount)
    return any(item.at == at and _RELATIVE.search(item.text) for item in service.entries("volumes"))
