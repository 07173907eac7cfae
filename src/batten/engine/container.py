"""A container of a Compose project."""

from datetime import datetime
from typing import Any, Self

import msgspec

from batten.engine import label
from batten.engine.instant import instant

_STOPPED = ("exited", "dead", "restarting")


class PublishedPort(msgspec.Struct, frozen=True, order=True):
    """A port of the host that leads into a container."""

    host_ip: str
    host_port: int
    container_port: int
    protocol: str = "tcp"

    def __str__(self) -> str:
        host = f"[{self.host_ip}]" if ":" in self.host_ip else self.host_ip
        return f"{host}:{self.host_port}->{self.container_port}/{self.protocol}"

    @property
    def is_public(self) -> bool:
        """Whether it listens on every address of the host."""
        return self.host_ip in {"", "0.0.0.0", "::"}  # noqa: S104  # it is read here, not bound


class Container(msgspec.Struct, frozen=True):
    """A container as the engine knows it; one-off ones (`compose run`) are not among them.

    `state` is the engine's word: created, running, paused, restarting, removing, exited or dead.
    `health` is starting, healthy or unhealthy, None without a healthcheck; `exit_code` is None
    while it runs or has never run; `pid` is 0 then. `restart_policy` is the one in force: no,
    always, unless-stopped or on-failure. `oom_killed` speaks of its last run only. `addresses` are
    those in the networks it is in, reached from its host only. `tty`: its output is a terminal's.
    """

    id: str
    name: str
    project: str
    service: str
    number: int
    image: str
    state: str
    health: str | None = None
    health_output: str = ""
    exit_code: int | None = None
    oom_killed: bool = False
    restart_count: int = 0
    restart_policy: str = "no"
    started_at: datetime | None = None
    finished_at: datetime | None = None
    pid: int = 0
    log_driver: str = ""
    ports: tuple[PublishedPort, ...] = ()
    labels: dict[str, str] = {}
    addresses: tuple[str, ...] = ()
    tty: bool = False

    @property
    def running(self) -> bool:
        """Whether its process is there, frozen or not."""
        return self.state in {"running", "paused"}

    @property
    def finished_well(self) -> bool:
        """Whether it ran and ended with 0."""
        return self.state == "exited" and self.exit_code == 0

    @property
    def config_hash(self) -> str | None:
        """Compose's digest of the service it was created from."""
        return self.labels.get(label.CONFIG_HASH)

    @property
    def depends_on(self) -> dict[str, str]:
        """The condition, by service, that Compose waited for when it started this one."""
        entries = self.labels.get(label.DEPENDS_ON, "").split(",")
        parts = [entry.split(":") for entry in entries if ":" in entry]
        return {service: condition for service, condition, *_ in parts}

    @classmethod
    def from_inspect(cls, found: dict[str, Any]) -> Self:
        """Read the engine's answer to `GET /containers/ID/json`."""
        state, config, host = found["State"], found["Config"], found["HostConfig"]
        labels = config.get("Labels") or {}
        return cls(
            id=found["Id"],
            name=found["Name"].removeprefix("/"),
            project=labels.get(label.PROJECT, ""),
            service=labels.get(label.SERVICE, ""),
            number=int(labels.get(label.NUMBER) or 1),
            image=config["Image"],
            state=state["Status"],
            **_health(state.get("Health") or {}),
            exit_code=state["ExitCode"] if state["Status"] in _STOPPED else None,
            oom_killed=state.get("OOMKilled", False),
            restart_count=found.get("RestartCount", 0),
            restart_policy=(host.get("RestartPolicy") or {}).get("Name") or "no",
            started_at=instant(state.get("StartedAt")),
            finished_at=instant(state.get("FinishedAt")),
            pid=state.get("Pid", 0),
            log_driver=(host.get("LogConfig") or {}).get("Type", ""),
            ports=_ports((found.get("NetworkSettings") or {}).get("Ports") or {}),
            labels=labels,
            addresses=_addresses((found.get("NetworkSettings") or {}).get("Networks") or {}),
            tty=bool(config.get("Tty")),
        )


def _health(found: dict[str, Any]) -> dict[str, Any]:
    """`none` is what the engine says of a healthcheck that was switched off."""
    status, log = found.get("Status"), found.get("Log") or []
    if status in {None, "", "none"}:
        return {}
    return {"health": status, "health_output": log[-1].get("Output", "").strip() if log else ""}


def _addresses(networks: dict[str, dict[str, Any] | None]) -> tuple[str, ...]:
    found = ((network or {}).get("IPAddress") for network in networks.values())
    return tuple(address for address in found if address)


def _ports(found: dict[str, list[dict[str, str]] | None]) -> tuple[PublishedPort, ...]:
    published = []
    for port, bindings in found.items():
        number, _, protocol = port.partition("/")
        published += [
            PublishedPort(binding["HostIp"], int(binding["HostPort"]), int(number), protocol)
            for binding in bindings or []
        ]
    return tuple(sorted(published))
