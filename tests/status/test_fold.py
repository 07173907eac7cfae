"""How a service's containers become one line."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batten.engine import Container, PublishedPort, Usage
from batten.status.fold import fold
from batten.status.service import Cpu, Memory, ServiceStatus
from batten.status.usage import Look

MIB = 1 << 20


def container(state: str = "running", number: int = 1, **more: Any) -> Container:  # noqa: ANN401
    """A container of `web`."""
    name = f"stack-web-{number}"
    known: dict[str, Any] = {"id": name, "name": name, "project": "stack", "service": "web"}
    return Container(**known | {"number": number, "image": "web:1", "state": state} | more)


def look(cpu_ns: int = 0, at_ns: int = 0, **more: Any) -> Look:  # noqa: ANN401
    """The counters of a container, at a point in time."""
    usage: dict[str, Any] = {
        "memory_used": 10 * MIB,
        "memory_limit": 64 * MIB,
        "memory_reservation": None,
        "memswap_limit": None,
        "oom_kills": 0,
        "cpu_ns": cpu_ns,
        "cpu_limit": 0.5,
        "throttled_ns": 0,
    }
    return Look(Usage(**usage | more), at_ns)


def folded(*containers: Container, replicas: int = 1, one_shot: bool = False) -> ServiceStatus:
    """Fold without counters."""
    return fold("web", containers, {}, {}, replicas=replicas, one_shot=one_shot)


@pytest.mark.parametrize(
    ("one", "condition", "well"),
    [
        (container(), "running", True),
        (container(health="healthy"), "healthy", True),
        (container(health="starting"), "starting", False),
        (container(health="unhealthy"), "unhealthy", False),
        (container("exited", exit_code=137), "exited 137", False),
        (container("exited", exit_code=0), "exited 0", False),
        (container("restarting", exit_code=1), "restarting", False),
        (container("exited", exit_code=1, health="unhealthy"), "exited 1", False),
        (container("created"), "created", False),
        (container("paused"), "paused", False),
        (container("dead", exit_code=1), "dead", False),
    ],
)
def test_condition(one: Container, condition: str, *, well: bool) -> None:
    """State, health and exit code are one word or two, and only three of them are good."""
    found = folded(one)
    assert (condition, well) == (found.condition, found.well)


def test_one_shot() -> None:
    """A one-shot that ended with 0 is done; one that failed is not."""
    done = folded(container("exited", exit_code=0), one_shot=True)
    assert ("done", True) == (done.condition, done.well)
    assert "exited 1" == folded(container("exited", exit_code=1), one_shot=True).condition


def test_missing() -> None:
    """A declared service without a container is missing, and has no figures."""
    found = folded()
    assert ("missing", False) == (found.condition, found.well)
    assert (None, None, None) == (found.restarts, found.oom_kills, found.uptime_s)


def test_missing_replica() -> None:
    """Two containers where three are declared are one too few, however healthy."""
    healthy = [container(number=number, health="healthy") for number in (1, 2)]
    assert "missing" == folded(*healthy, replicas=3).condition
    assert "healthy" == folded(*healthy, replicas=2).condition
    assert "healthy" == folded(*healthy, replicas=1).condition


def test_worst_replica() -> None:
    """A service is as well as its worst container."""
    states = [container(health="healthy"), container("exited", 2, exit_code=1)]
    assert "exited 1" == folded(*states).condition
    assert "exited 1" == folded(*states, replicas=3).condition
    assert ("stack-web-1", "stack-web-2") == folded(*states).containers


def test_sums_of_replicas() -> None:
    """Use, limits, restarts and kills of replicas are added up."""
    two = [container(number=number, restart_count=2) for number in (1, 2)]
    before = {one.id: look(cpu_ns=10**9, at_ns=0) for one in two}
    after = {one.id: look(cpu_ns=10**9 + 10**8, at_ns=10**9, oom_kills=1) for one in two}
    found = fold("web", two, before, after, replicas=2, one_shot=False)
    assert Memory(20 * MIB, 128 * MIB, None) == found.memory
    assert Cpu(0.2, 1.0) == found.cpu
    assert (4, 2) == (found.restarts, found.oom_kills)


def test_a_limit_that_is_missing_once() -> None:
    """One replica without a limit leaves the service without one."""
    two = [container(number=number) for number in (1, 2)]
    looks = {two[0].id: look(), two[1].id: look(memory_limit=None, cpu_limit=None)}
    found = fold("web", two, looks, looks, replicas=2, one_shot=False)
    assert (20 * MIB, None) == (found.memory.used_bytes, found.memory.limit_bytes)
    assert found.cpu.limit is None


def test_started_anew_between_the_looks() -> None:
    """A counter that went back is no use of CPU."""
    one = container()
    before, after = {one.id: look(10**9)}, {one.id: look(10**6, at_ns=10**9)}
    assert fold("web", [one], before, after, replicas=1, one_shot=False).cpu.used is None


def test_kill_of_what_stopped() -> None:
    """A stopped container has no counter any more; the engine's mark counts."""
    assert 1 == folded(container("exited", exit_code=137, oom_killed=True)).oom_kills
    assert 0 == folded(container("exited", exit_code=1)).oom_kills


def test_unreadable() -> None:
    """What cannot be read is unknown, and not 0."""
    found = folded(container())
    assert (None, Memory(), Cpu()) == (found.oom_kills, found.memory, found.cpu)


def test_uptime() -> None:
    """That of the youngest container; an engine whose clock is ahead does not make it negative."""
    now = datetime.now(UTC)
    two = [
        container(started_at=now - timedelta(hours=1)),
        container(number=2, started_at=now - timedelta(seconds=90)),
    ]
    assert folded(*two).uptime_s in {90, 91}
    assert 0 == folded(container(started_at=now + timedelta(hours=1))).uptime_s
    assert folded(container("exited", exit_code=1, started_at=now)).uptime_s is None


def test_ports() -> None:
    """Each port of the host once."""
    port = PublishedPort("127.0.0.1", 80, 80)
    two = [container(ports=(port,)), container(number=2, ports=(port,))]
    assert (port,) == folded(*two).ports
