"""What the kernel enforces on a container, and what it has counted.

A file says what was asked for; the control group says what is in force. Both generations of
control groups are read, and machines that mix them: each controller is looked for where
`/proc/PID/cgroup` says it is.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T", int, float)

# A container's group carries its id: `/docker/ID`, or `/system.slice/docker-ID.scope` under systemd.
_ID = re.compile(r"[0-9a-f]{64}")
# Generation 1 writes "no limit" as the largest number of whole pages, which depends on their size.
_NO_LIMIT = 1 << 62
# How deep a group is looked for where its path cannot be followed; a rootless engine's are at 4.
_DEPTH = 4


class Usage(msgspec.Struct, frozen=True):
    """Limits in force and use so far; bytes, cores, nanoseconds. None means no limit.

    `memory_used` leaves out the page cache that can be dropped at once, as `docker stats` does.
    `memswap_limit` is memory and swap together. A limit is the tightest of the container's group
    and the groups around it. `oom_kills` and `throttled_ns` count since the container's start.
    """

    memory_used: int
    memory_limit: int | None
    memory_reservation: int | None
    memswap_limit: int | None
    oom_kills: int
    cpu_ns: int
    cpu_limit: float | None
    throttled_ns: int
    pids: int | None = None
    pids_limit: int | None = None


def read(pid: int, container_id: str | None = None, *, root: Path = Path("/")) -> Usage | None:
    """What is in force for a container, by its main process; None where it cannot be read.

    With `container_id` the process must be in that container's group: pids are reused, and the
    same number means another process on another machine. `root` is where `/proc` and the
    mounted groups are.
    """
    try:
        groups = _Groups(pid, container_id, root)
        memory = _memory_v2(groups) if groups.is_unified("memory") else _memory_v1(groups)
        cpu = _cpu_v2(groups) if groups.is_unified("cpu") else _cpu_v1(groups)
        return Usage(**memory, **cpu, **_pids(groups))
    except (OSError, LookupError, ValueError):
        return None


class _Group(msgspec.Struct, frozen=True):
    """A folder of a hierarchy, and the folder where that hierarchy is mounted."""

    folder: Path
    top: Path

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="ascii").strip()

    def number(self, file: str) -> int:
        return int(self.text(file))

    def table(self, file: str) -> dict[str, int]:
        pairs = (line.split() for line in self.text(file).splitlines())
        return {name: int(value) for name, value in pairs}

    def limit(self, file: str) -> int | None:
        """A file that is not there limits nothing: its controller is off, or this is the top."""
        try:
            text = self.text(file)
        except FileNotFoundError:
            return None
        return None if text == "max" or int(text) >= _NO_LIMIT else int(text)

    def tightest(self, limit: Callable[["_Group"], T | None]) -> T | None:
        """The smallest limit of this group and of those around it, as far up as can be seen."""
        found = (limit(_Group(folder, self.top)) for folder in self._outwards())
        return min((one for one in found if one is not None), default=None)

    def _outwards(self) -> Iterator[Path]:
        yield self.folder
        yield from (folder for folder in self.folder.parents if folder.is_relative_to(self.top))


def _memory_v1(groups: "_Groups") -> dict[str, Any]:
    memory = groups["memory"]
    droppable = memory.table("memory.stat")["total_inactive_file"]
    return {
        "memory_used": max(0, memory.number("memory.usage_in_bytes") - droppable),
        "memory_limit": memory.tightest(lambda group: group.limit("memory.limit_in_bytes")),
        "memory_reservation": memory.limit("memory.soft_limit_in_bytes"),
        "memswap_limit": memory.tightest(lambda group: group.limit("memory.memsw.limit_in_bytes")),
        "oom_kills": memory.table("memory.oom_control")["oom_kill"],
    }


def _memory_v2(groups: "_Groups") -> dict[str, Any]:
    memory = groups["memory"]
    droppable = memory.table("memory.stat")["inactive_file"]
    return {
        "memory_used": max(0, memory.number("memory.current") - droppable),
        "memory_limit": memory.tightest(lambda group: group.limit("memory.max")),
        "memory_reservation": memory.limit("memory.low") or None,
        "memswap_limit": memory.tightest(_memswap_v2),
        "oom_kills": memory.table("memory.events")["oom_kill"],
    }


def _memswap_v2(group: _Group) -> int | None:
    """Generation 2 limits swap apart from memory."""
    memory, swap = group.limit("memory.max"), group.limit("memory.swap.max")
    return None if memory is None or swap is None else memory + swap


def _cpu_v1(groups: "_Groups") -> dict[str, Any]:
    cpu = groups["cpu"]
    return {
        "cpu_ns": groups["cpuacct"].number("cpuacct.usage"),
        "cpu_limit": cpu.tightest(_cores_v1),
        "throttled_ns": cpu.table("cpu.stat")["throttled_time"],
    }


def _cores_v1(group: _Group) -> float | None:
    quota, period = group.limit("cpu.cfs_quota_us"), group.limit("cpu.cfs_period_us")
    return quota / period if quota and quota > 0 and period else None


def _cpu_v2(groups: "_Groups") -> dict[str, Any]:
    cpu = groups["cpu"]
    counted = cpu.table("cpu.stat")
    return {
        "cpu_ns": counted["usage_usec"] * 1000,
        "cpu_limit": cpu.tightest(_cores_v2),
        # Missing where the controller is off: nothing can be throttled then.
        "throttled_ns": counted.get("throttled_usec", 0) * 1000,
    }


def _cores_v2(group: _Group) -> float | None:
    try:
        quota, period = group.text("cpu.max").split()
    except FileNotFoundError:
        return None
    return None if quota == "max" else int(quota) / int(period)


def _pids(groups: "_Groups") -> dict[str, Any]:
    """Both generations use the same files; kernels can be built without them."""
    try:
        pids = groups["pids"]
        return {"pids": pids.number("pids.current"), "pids_limit": pids.limit("pids.max")}
    except (OSError, LookupError):
        return {}


class _Mount(msgspec.Struct, frozen=True):
    """A mounted hierarchy: where, which group is at its top, and its controllers (v2: none)."""

    point: Path
    group: str
    controllers: frozenset[str]

    def folder(self, path: str) -> Path | None:
        inside = os.path.relpath(path, self.group)
        followed = self.point / inside
        if not inside.startswith("..") and "/.." not in path and followed.is_dir():
            return followed
        return self._search(path.rpartition("/")[2])

    def _search(self, name: str) -> Path | None:
        """Find a container's group by its name alone, for it is unique.

        A process that is itself in a container sees the others' paths relative to its own group
        (`/../docker-ID.scope`), and those lead nowhere where the host's groups are mounted.
        """
        if not _ID.search(name):
            return None
        levels = (self.point.glob("*/" * depth + name) for depth in range(_DEPTH + 1))
        return next((folder for level in levels for folder in level), None)


class _Groups:
    """The groups of one container, by controller."""

    def __init__(self, pid: int, container_id: str | None, root: Path) -> None:
        lines = (root / f"proc/{pid}/cgroup").read_text(encoding="utf-8").splitlines()
        self._paths: dict[str, str | None] = {}
        for line in lines:
            _, controllers, path = line.split(":", 2)
            own = _of_container(path, container_id)
            self._paths |= dict.fromkeys(controllers.split(","), own)
        self._mounts = list(_mounts(root))

    def is_unified(self, controller: str) -> bool:
        """Whether generation 2 has the controller; it appears there under no name."""
        return controller not in self._paths

    def __getitem__(self, controller: str) -> _Group:
        name = "" if self.is_unified(controller) else controller
        path = self._paths[name]
        for mount in self._mounts:
            if path and name in mount.controllers and (folder := mount.folder(path)):
                return _Group(folder, mount.point)
        raise LookupError(controller)


def _of_container(path: str, container_id: str | None) -> str | None:
    """The container's own group: its processes may sit in groups they made inside it.

    None where the path is not that container's: engines make no groups for controllers that are
    younger than they (`misc`), and there everything is in one.
    """
    parts = path.split("/")
    owners = [
        place
        for place, part in enumerate(parts, start=1)
        if (container_id in part if container_id else _ID.search(part))
    ]
    if owners:
        return "/".join(parts[: owners[-1]])
    return None if container_id else path


def _mounts(root: Path) -> Iterator[_Mount]:
    """Read `/proc/self/mountinfo`: … group point … - type source options."""
    for line in (root / "proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind in {"cgroup", "cgroup2"}:
            group, point = before.split(" ")[3:5]
            controllers = options.split(",") if kind == "cgroup" else [""]
            yield _Mount(root / point.lstrip("/"), group, frozenset(controllers))
