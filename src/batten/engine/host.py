"""The machine an engine runs on."""

import socket
from pathlib import Path
from typing import Any, Self

import msgspec

from batten.engine.address import Address


class Host(msgspec.Struct, frozen=True):
    """What the engine says about its machine; memory in bytes, architecture as `uname -m` says.

    `local` means that this process runs on the same machine, so that `/proc`, cgroups, ports and
    disks seen here are those of the containers. `log_drivers` includes enabled plugins.
    """

    name: str
    engine_version: str
    api_version: str
    cores: int
    memory: int
    root_dir: Path
    log_drivers: tuple[str, ...]
    cgroup_version: int
    architecture: str
    local: bool
    swarm: bool

    @classmethod
    def from_info(
        cls, info: dict[str, Any], plugins: list[dict[str, Any]], api_version: str, address: Address
    ) -> Self:
        """Read the engine's answers to `GET /info` and `GET /plugins`."""
        return cls(
            name=info["Name"],
            engine_version=info["ServerVersion"],
            api_version=api_version,
            cores=info["NCPU"],
            memory=info["MemTotal"],
            root_dir=Path(info["DockerRootDir"]),
            log_drivers=_log_drivers(info, plugins),
            cgroup_version=int(info.get("CgroupVersion") or 1),
            architecture=info["Architecture"],
            local=_is_here(info["Name"], address),
            swarm=info.get("Swarm", {}).get("LocalNodeState") == "active",
        )


def _is_here(name: str, address: Address) -> bool:
    """A socket is not enough: behind that of Docker Desktop is a virtual machine."""
    return address.socket is not None and name == socket.gethostname()


def _log_drivers(info: dict[str, Any], plugins: list[dict[str, Any]]) -> tuple[str, ...]:
    """The engine lists its own drivers apart from those that plugins bring."""
    names = set(info.get("Plugins", {}).get("Log") or ())
    for plugin in plugins:
        kinds = plugin.get("Config", {}).get("Interface", {}).get("Types") or ()
        if plugin.get("Enabled") and any("logdriver" in str(kind) for kind in kinds):
            names |= {plugin["Name"], plugin["Name"].removesuffix(":latest")}
    return tuple(sorted(names))
