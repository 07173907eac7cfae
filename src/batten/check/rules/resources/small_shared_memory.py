"""Rule `small-shared-memory`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.model.size import shown

# The engine's default for /dev/shm.
_DEFAULT = 64 << 20
_PLACE = "/dev/shm"  # noqa: S108  # it is what the rule is about


@rule(severity=Severity.WARNING)
def small_shared_memory(service: Service) -> Iterator[Finding]:
    """A database that has the engine's 64 MB of shared memory.

    PostgreSQL's parallel queries hand their rows over in `/dev/shm`, and end with `could not
    resize shared memory segment … No space left on device` where it is full: first the large
    reports, while everything else works. Any larger `shm_size` is taken for a decision.

    Flagged:
        services:
          db: # <--
            image: postgres:17
          small:
            image: postgres:17
            shm_size: 64mb # <--

    Accepted:
        services:
          db:
            image: postgres:17
            shm_size: 256mb
          host:
            image: postgres:17
            ipc: host
          mounted:
            image: postgres:17
            tmpfs: ["/dev/shm:size=256m"]
          cache:
            image: redis:7
    """
    wanted = service.software.shm
    mounts = [*(mount.target for mount in service.volumes), *service.tmpfs]
    elsewhere = service.ipc or any(mount.partition(":")[0] == _PLACE for mount in mounts)
    if wanted and (service.shm_size or _DEFAULT) <= _DEFAULT and not elsewhere:
        yield Finding(
            f"`{service.name}` has {shown(service.shm_size or _DEFAULT)} of shared memory, which "
            f"{service.software.title} outgrows",
            at=service.at("shm_size"),
            hint=f"set `shm_size: {wanted >> 20}mb`",
        )
