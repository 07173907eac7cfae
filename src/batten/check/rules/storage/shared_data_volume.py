"""Rule `shared-data-volume`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, Stack, rule
from batten.check.data import data_mounts, folder
from batten.model import Mount

_Place = tuple[str, str, str]


@rule(severity=Severity.ERROR)
def shared_data_volume(stack: Stack) -> Iterator[Finding]:
    """Two databases that write to the same data.

    A database believes that its files are its own: two of them in one volume overwrite each other.
    The lock files they keep do not help, since each container has process numbers of its own, and
    some databases have none. That goes for two replicas of one service as well.

    Flagged:
        services:
          db:
            image: postgres:17
            volumes: [data:/var/lib/postgresql/data]
          replica:
            image: postgres:17
            volumes:
              - data:/var/lib/postgresql/data # <--
          cache:
            image: redis:8
            command: redis-server --appendonly yes
            deploy: {replicas: 2}
            volumes:
              - cache:/data # <--
        volumes: {data: {}, cache: {}}

    Accepted:
        services:
          db:
            image: postgres:17
            volumes: [data:/var/lib/postgresql/data]
          backup:
            image: postgres:17
            command: [pg_basebackup, --host, db]
            volumes: [data:/var/lib/postgresql/data]
          reader:
            image: postgres:17
            volumes:
              - other:/var/lib/postgresql/data
              - data:/var/lib/postgresql/backup:ro
          one:
            image: mysql:8.4
            volumes:
              - {type: volume, source: shared, target: /var/lib/mysql, volume: {subpath: one}}
          two:
            image: mysql:8.4
            volumes:
              - {type: volume, source: shared, target: /var/lib/mysql, volume: {subpath: two}}
        volumes: {data: {}, other: {}, shared: {}}
    """
    first: dict[_Place, Service] = {}
    for service in stack.services.values():
        for mount in data_mounts(service):
            if not mount.source or mount.read_only:
                continue
            owner = first.setdefault(_place(stack, service, mount), service)
            if owner is not service:
                yield _finding(service, mount, f"`{service.name}` and `{owner.name}` write")
            elif service.replicas > 1:
                yield _finding(
                    service, mount, f"{service.replicas} containers of `{service.name}` write"
                )


def _place(stack: Stack, service: Service, mount: Mount) -> _Place:
    """What on the host is written to: a folder, or a part of a volume."""
    source = mount.source or ""
    known = stack.volumes.get(source) if mount.type == "volume" else None
    return (known.name if known else source, mount.volume.subpath, folder(service, mount))


def _finding(service: Service, mount: Mount, who: str) -> Finding:
    kind = "volume" if mount.type == "volume" else "folder"
    return Finding(
        f"{who} to the same data, in the {kind} `{mount.source}`",
        at=service.at_mount(mount),
        hint="give each its own volume; what they have in common goes over the network",
        service=service.name,
    )
