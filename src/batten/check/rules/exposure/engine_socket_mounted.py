"""Rule `engine-socket-mounted`."""

from collections.abc import Iterator
from pathlib import PurePath

from batten.check import Finding, Service, Severity, rule

_SOCKETS = {"docker.sock", "podman.sock", "containerd.sock"}
# Folders of the host that have the socket in them.
_FOLDERS = {"/run", "/var/run", "/run/docker", "/run/podman", "/run/containerd"}


@rule(severity=Severity.WARNING)
def engine_socket_mounted(service: Service) -> Iterator[Finding]:
    """A container that may tell the engine what to do.

    Who can write to the engine's socket can start a privileged container with the host's disk in
    it, and is thereby root on the host. `:ro` does not help: it keeps the file from being removed,
    not from being talked to. A proxy for the socket that passes only what is needed (reading the
    list of containers, say) does help.

    Flagged:
        services:
          proxy:
            image: traefik:v3.6
            volumes:
              - /var/run/docker.sock:/var/run/docker.sock:ro # <--

    Accepted:
        services:
          proxy:
            image: traefik:v3.6
            command: [--providers.docker.endpoint=tcp://socket:2375]
          socket:
            image: tecnativa/docker-socket-proxy:0.3
            environment: {CONTAINERS: 1}
            volumes:
              - /var/run/docker.sock:/var/run/docker.sock:ro
          postgres:
            image: postgres:17
            volumes:
              - /run/postgresql:/run/postgresql
    """
    for mount in service.volumes if not service.software.guards_engine else ():
        source = mount.source or ""
        if mount.type == "bind" and (
            PurePath(source).name in _SOCKETS or source.rstrip("/") in _FOLDERS
        ):
            yield Finding(
                f"`{service.name}` has the engine's socket (`{source}`): it can become root on "
                "the host",
                at=service.at_mount(mount),
                hint="put a socket proxy between them that passes only what it has to read",
            )
