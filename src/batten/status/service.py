"""How one service is."""

import msgspec

from batten.engine import PublishedPort
from batten.status.log_lag import LogLag


class Memory(msgspec.Struct, frozen=True):
    """Bytes in use, and the enforced limit and reservation; None where unknown or not set."""

    used_bytes: int | None = None
    limit_bytes: int | None = None
    reservation_bytes: int | None = None


class Cpu(msgspec.Struct, frozen=True):
    """Cores in use over the last quarter of a second, and the enforced limit."""

    used: float | None = None
    limit: float | None = None


class ServiceStatus(msgspec.Struct, frozen=True):
    """All containers of a service together; use, limits, restarts and OOM kills are their sums.

    `state` is the engine's word for the container that is worst off, or one of Batten's own:
    `done` (a one-shot that ended with 0), `missing` (declared, but there is no container) and
    `left_out` (the files leave it out here; the field of that name says why). `uptime_s` is that
    of the youngest container. An `orphan` runs under the stack's name, yet is not in its files.
    """

    service: str
    state: str
    health: str | None = None
    exit_code: int | None = None
    uptime_s: int | None = None
    restarts: int | None = None
    memory: Memory = Memory()
    cpu: Cpu = Cpu()
    oom_kills: int | None = None
    log_driver: str | None = None
    log_lag: LogLag | None = None
    ports: tuple[PublishedPort, ...] = ()
    containers: tuple[str, ...] = ()
    left_out: str | None = None
    orphan: bool = False

    @property
    def condition(self) -> str:
        """State, health and exit code in a word or two, such as `healthy` or `exited 137`."""
        if self.state == "running":
            return self.health or "running"
        if self.state == "exited":
            return f"exited {self.exit_code}"
        return self.state.replace("_", " ")

    @property
    def expected(self) -> bool:
        """Whether the stack counts on it."""
        return not self.orphan and self.left_out is None

    @property
    def well(self) -> bool:
        """Healthy, running where nothing asks about its health, or done."""
        return self.condition in {"healthy", "running", "done"}
