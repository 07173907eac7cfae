"""Control groups of both generations, from trees recorded on real machines.

`recorded/` holds files of `/proc` and `/sys/fs/cgroup` as Docker 20.10.24 and Linux 6.1 had them
on Debian 12: a container with `--memory 64m --memory-swap 64m --memory-reservation 32m --cpus 0.5`
in which one process had been killed for want of memory, unless a test says otherwise.
"""

import re
from pathlib import Path

import pytest

from batten.engine.cgroup import Usage, read

RECORDED = Path(__file__).parent / "recorded"
MIB = 1 << 20


class Machine:
    """A recorded machine, laid out again in a folder."""

    def __init__(self, name: str, root: Path) -> None:
        self.root = root
        text = (RECORDED / f"{name}.txt").read_text(encoding="ascii")
        for part in text.split("=== ")[1:]:
            path, _, content = part.partition("\n")
            file = root / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="ascii")
        (self.pid,) = [int(one.name) for one in (root / "proc").iterdir() if one.name != "self"]
        paths = (root / f"proc/{self.pid}/cgroup").read_text(encoding="ascii")
        self.container = re.findall(r"[0-9a-f]{64}", paths)[0]

    def read(self) -> Usage | None:
        """The container's figures."""
        return read(self.pid, self.container, root=self.root)

    def file(self, name: str) -> Path:
        """The container's own file of that name."""
        found = self.root.joinpath("sys/fs/cgroup").rglob(name)
        return next(file for file in found if self.container in file.parent.name)


@pytest.mark.parametrize(
    "name",
    [
        "v1-cgroupfs",
        "v1-systemd",
        "v2-cgroupfs",
        "v2-systemd",
        "v1-from-a-container",
        "v2-from-a-container",
    ],
)
def test_limits(name: str, tmp_path: Path) -> None:
    """The same limits are read in both generations, under both drivers, inside and outside.

    `…-from-a-container` was recorded by a process in another container with a control group
    namespace of its own, the host's processes in sight and its groups mounted.
    """
    found = Machine(name, tmp_path).read()
    assert found is not None
    assert 64 * MIB == found.memory_limit
    assert 64 * MIB == found.memswap_limit
    assert 32 * MIB == found.memory_reservation
    assert 0.5 == found.cpu_limit
    assert 1 == found.oom_kills
    assert 1 == found.pids
    assert 0 < found.memory_used < MIB
    assert 10**9 < found.cpu_ns < 10**11
    assert 10**9 < found.throttled_ns < 10**11


@pytest.mark.parametrize("name", ["v1-memory-only", "v2-memory-only"])
def test_what_is_not_limited(name: str, tmp_path: Path) -> None:
    """`--memory 64m` alone: no CPU limit, no reservation, and as much swap on top."""
    found = Machine(name, tmp_path).read()
    assert found is not None
    assert (64 * MIB, 128 * MIB) == (found.memory_limit, found.memswap_limit)
    assert (None, None) == (found.cpu_limit, found.memory_reservation)
    assert (0, 0) == (found.oom_kills, found.throttled_ns)


def test_groups_inside_a_container(tmp_path: Path) -> None:
    """A container that sorts its processes into groups of its own (`--memory 96m`) keeps its limit."""
    machine = Machine("v2-nested", tmp_path)
    group = (machine.root / f"proc/{machine.pid}/cgroup").read_text(encoding="ascii")
    assert group.strip().endswith(".scope/init")
    found = machine.read()
    assert found is not None
    assert 96 * MIB == found.memory_limit


def test_limit_of_a_group_around(tmp_path: Path) -> None:
    """A container in a slice with less than its own limits gets what the slice has."""
    machine = Machine("v2-systemd", tmp_path)
    around = machine.file("memory.max").parent.parent
    (around / "memory.max").write_text(f"{48 * MIB}\n", encoding="ascii")
    (around / "cpu.max").write_text("20000 100000\n", encoding="ascii")
    found = machine.read()
    assert found is not None
    assert (48 * MIB, 0.2) == (found.memory_limit, found.cpu_limit)


def test_droppable_cache_is_not_used_memory(tmp_path: Path) -> None:
    """Files read once and not since are no use of memory, as `docker stats` counts."""
    machine = Machine("v2-systemd", tmp_path)
    before = machine.read()
    current, stat = machine.file("memory.current"), machine.file("memory.stat")
    current.write_text(str(int(current.read_text(encoding="ascii")) + 10 * MIB), encoding="ascii")
    text = stat.read_text(encoding="ascii")
    count = int(re.findall(r"^inactive_file (\d+)", text, re.MULTILINE)[0])
    changed = text.replace(f"inactive_file {count}", f"inactive_file {count + 10 * MIB}")
    stat.write_text(changed, encoding="ascii")
    after = machine.read()
    assert before is not None
    assert after is not None
    assert before.memory_used == after.memory_used


@pytest.mark.parametrize("name", ["v1-cgroupfs", "v2-systemd"])
def test_another_container(name: str, tmp_path: Path) -> None:
    """A pid that now belongs to something else is nobody's figure."""
    machine = Machine(name, tmp_path)
    assert read(machine.pid, "0" * 64, root=machine.root) is None


def test_gone(tmp_path: Path) -> None:
    """A process that has ended, and a group that has gone before it is read, are None."""
    machine = Machine("v2-systemd", tmp_path)
    assert read(machine.pid + 1, root=machine.root) is None
    machine.file("memory.current").unlink()
    assert machine.read() is None


def test_without_a_controller(tmp_path: Path) -> None:
    """A kernel that counts no memory gives no figures, rather than zeros."""
    machine = Machine("v2-systemd", tmp_path)
    for file in machine.root.rglob("memory.*"):
        file.unlink()
    assert machine.read() is None
