"""Rule `host-ipc`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule


@rule(severity=Severity.WARNING)
def host_ipc(service: Service) -> Iterator[Finding]:
    """A container that shares memory with every process of its host.

    With `ipc: host` it reads and writes the shared memory and semaphores of what runs on the host,
    a database's buffers among them, and its `/dev/shm` is the host's. Programs that only want more
    shared memory are given it with `shm_size`.

    Flagged:
        services:
          trainer:
            image: example/trainer:1
            ipc: host # <--

    Accepted:
        services:
          trainer:
            image: example/trainer:1
            ipc: shareable
            shm_size: 2gb
          helper:
            image: example/helper:1
            ipc: service:trainer
    """
    if service.ipc == "host":
        yield Finding(
            f"`{service.name}` shares memory with every process of the host",
            at=service.at("ipc"),
            hint="write `shm_size: 1gb` where it wants room, `ipc: shareable` where services share",
        )
