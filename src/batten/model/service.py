"""One service of a stack."""

from typing import Any

import msgspec

from batten.model.build import Build
from batten.model.deploy import Deploy
from batten.model.duration import Duration
from batten.model.healthcheck import Healthcheck
from batten.model.logging import Logging
from batten.model.mount import Mount
from batten.model.port import Port
from batten.model.restart import Restart


class Dependency(msgspec.Struct, frozen=True):
    """An entry of `depends_on:`."""

    condition: str = "service_started"
    required: bool = True


class Service(msgspec.Struct, frozen=True):
    """A service after merging and interpolation; bytes, cores and seconds throughout.

    `name` is the service's key; the reader fills it in, since Compose prints it only there.
    """

    name: str = ""
    image: str | None = None
    build: Build | None = None
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    environment: dict[str, str | None] = {}
    ports: tuple[Port, ...] = ()
    volumes: tuple[Mount, ...] = ()
    depends_on: dict[str, Dependency] = {}
    healthcheck: Healthcheck | None = None
    deploy: Deploy = Deploy()
    restart: str | None = None
    logging: Logging | None = None
    labels: dict[str, str] = {}
    cpus: float | None = None
    cpu_quota: int | None = None
    cpu_shares: int | None = None
    cpuset: str | None = None
    mem_limit: int | None = None
    mem_reservation: int | None = None
    memswap_limit: int | None = None
    shm_size: int | None = None
    stop_grace_period: Duration | None = None
    stop_signal: str | None = None
    scale: int | None = None
    pull_policy: str | None = None
    profiles: tuple[str, ...] = ()
    network_mode: str | None = None
    networks: dict[str, Any] | None = None
    expose: tuple[str, ...] = ()
    container_name: str | None = None
    pids_limit: int | None = None
    user: str | None = None
    privileged: bool = False
    read_only: bool = False
    init: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    pid: str | None = None
    ipc: str | None = None
    userns_mode: str | None = None
    devices: tuple[Any, ...] = ()
    sysctls: dict[str, str] = {}
    tmpfs: tuple[str, ...] = ()
    secrets: tuple[Any, ...] = ()
    oom_kill_disable: bool = False

    @property
    def replicas(self) -> int:
        """How many containers it has when it runs."""
        asked = self.scale if self.scale is not None else self.deploy.replicas
        return 1 if asked is None else asked

    @property
    def cpu_limit(self) -> float | None:
        """Cores it may use at most, in whichever of Compose's two places it is written."""
        limit = self.deploy.resources.limits.cpus
        return self.cpus if limit is None else limit

    @property
    def memory_limit(self) -> int | None:
        """Bytes it may use at most, in whichever of Compose's two places it is written."""
        limit = self.deploy.resources.limits.memory
        return self.mem_limit if limit is None else limit

    @property
    def process_limit(self) -> int | None:
        """Processes it may have at most, in whichever of Compose's two places it is written."""
        limit = self.deploy.resources.limits.pids
        return self.pids_limit if limit is None else limit

    @property
    def memory_reservation(self) -> int | None:
        """Bytes that are kept for it, in whichever of Compose's two places it is written."""
        kept = self.deploy.resources.reservations.memory
        return self.mem_reservation if kept is None else kept

    @property
    def restarting(self) -> Restart:
        """What a plain engine does when it ends: `deploy.restart_policy` overrides `restart`."""
        policy = self.deploy.restart_policy
        if policy is None:
            return Restart.parse(self.restart or "no")
        names = {"any": "always", "on-failure": "on-failure"}
        return Restart(names.get(policy.condition or "none", "no"), policy.max_attempts or 0)
