"""The status of a whole stack."""

from collections.abc import Callable
from typing import Any, cast

import docker
import pytest

from batten.engine import Container, Engine, Host, one_shots
from batten.model import Dependency, Healthcheck, Port, Service, Stack
from batten.status import StackStatus, read

PROJECT = "batten-test-status"
MIB = 1 << 20


class StandIn:
    """Answers what an engine would that has these containers, on this machine or another."""

    def __init__(self, *containers: Container, local: bool = True) -> None:
        self._containers, self._local = containers, local

    def containers(self, _: str) -> tuple[Container, ...]:
        """In the engine's order."""
        return tuple(sorted(self._containers, key=lambda one: one.service))

    def host(self) -> Host:
        """Only whether it is here is known."""
        known: dict[str, Any] = dict.fromkeys(Host.__struct_fields__)
        return Host(**known | {"local": self._local})


def container(service: str, state: str = "running", **more: Any) -> Container:  # noqa: ANN401
    """A container without a process of its own."""
    name = f"{PROJECT}-{service}-1"
    known: dict[str, Any] = {"id": name, "name": name, "project": PROJECT, "service": service}
    return Container(**known | {"number": 1, "image": "x", "state": state} | more)


def stack(*services: Service, left_out: dict[str, str] | None = None) -> Stack:
    """A stack of these services."""
    named = {service.name: service for service in services}
    return Stack(PROJECT, named, extensions={"left-out": left_out or {}})


def status(engine: StandIn, declared: Stack | None) -> StackStatus:
    """Read from a stand-in."""
    return read(cast("Engine", engine), PROJECT, declared)


def test_order_and_kinds() -> None:
    """Declared services come in their order, left out ones after them, orphans last."""
    declared = stack(
        Service("web"),
        Service("loki", scale=0),
        Service("db"),
        left_out={"loki": "no package carries it"},
    )
    found = status(StandIn(container("web"), container("old")), declared)
    assert ["web", "db", "loki", "old"] == [one.service for one in found.services]
    assert ["running", "missing", "left out", "running"] == [
        one.condition for one in found.services
    ]
    assert "no package carries it" == found.services[2].left_out
    assert [False, False, False, True] == [one.orphan for one in found.services]


def test_ok_counts_what_should_run() -> None:
    """Left out services and orphans, well or not, do not decide; a missing one does."""
    declared = stack(Service("web"), Service("loki", scale=0))
    found = status(StandIn(container("web"), container("old", "exited", exit_code=1)), declared)
    assert (True, 1, 1) == (found.ok, found.healthy, len(found.expected))
    assert not status(StandIn(), declared).ok


def test_nothing_is_not_well() -> None:
    """A stack of which nothing is there is not in order."""
    assert not status(StandIn(), None).ok
    assert not status(StandIn(), stack()).ok


def test_scaled_to_nothing() -> None:
    """A service whose files ask for no container says so."""
    found = status(StandIn(), stack(Service("web", scale=0)))
    assert "its files ask for 0 replicas" == found.services[0].left_out


def test_left_out_but_still_there() -> None:
    """A container that runs is shown as it is, also where its service is left out."""
    declared = stack(Service("loki", scale=0), left_out={"loki": "no package carries it"})
    (found,) = status(StandIn(container("loki")), declared).services
    assert ("running", "no package carries it") == (found.condition, found.left_out)


def test_without_files() -> None:
    """A project whose files are gone is shown as far as its containers tell."""
    found = status(StandIn(container("web"), container("db", health="starting")), None)
    assert [("db", False), ("web", False)] == [(one.service, one.orphan) for one in found.services]
    assert (False, 1) == (found.ok, found.healthy)


def test_engine_elsewhere() -> None:
    """On another machine the kernel's figures are unknown, and one line says why."""
    found = status(StandIn(container("web"), local=False), None)
    assert found.note is not None
    assert "the engine runs on another machine" in found.note
    assert (None, None) == (found.services[0].memory.used_bytes, found.services[0].oom_kills)


def test_group_that_cannot_be_read() -> None:
    """On this machine the containers are named instead."""
    found = status(StandIn(container("web")), None)
    assert found.note is not None
    assert f"{PROJECT}-web-1" in found.note


def test_one_shots() -> None:
    """Waited for by another, or left alone by everything: only then is an end a success."""
    waiting = Service("web", depends_on={"migrate": Dependency("service_completed_successfully")})
    declared = stack(waiting, Service("migrate"), Service("site", ports=(Port(80),)))
    containers = [
        container("migrate", "exited", exit_code=0, restart_policy="on-failure"),
        container("worker", "exited", exit_code=0, restart_policy="on-failure"),
        container("import", "exited", exit_code=0),
        container("db", "exited", exit_code=0, health="unhealthy"),
        container("site", "exited", exit_code=0),
    ]
    assert {"migrate", "import"} == one_shots(declared, containers)


def test_one_shots_by_label() -> None:
    """Without files, what Compose wrote on the waiting container tells."""
    label = {"com.docker.compose.depends_on": "bucket:service_completed_successfully:false"}
    waiting = container("web", labels=label, restart_policy="always")
    assert {"bucket"} == one_shots(None, [waiting])


@pytest.mark.engine
def test_real_stack(
    engine: Engine,
    start: Callable[..., str],
    sdk: docker.APIClient,
    eventually: Callable[[Callable[[], bool]], bool],
) -> None:
    """Limits, use, kills, health and the end of a one-shot are read from a real engine."""
    busy = start(
        "while :; do :; done",
        labels=_labels("busy"),
        mem_limit="64m",
        memswap_limit="64m",
        cpu_period=100_000,
        cpu_quota=20_000,
    )
    probe = {"test": ["CMD-SHELL", "exit 0"], "interval": 10**8}
    start(labels=_labels("web"), healthcheck=probe)
    start("exit 0", labels=_labels("migrate"))
    hog = sdk.exec_create(busy, ["sh", "-c", "head -c 200M /dev/zero | tail"])
    sdk.exec_start(hog["Id"])
    declared = stack(
        Service("busy"),
        Service("web", healthcheck=Healthcheck(test=("CMD-SHELL", "exit 0"))),
        Service("migrate"),
    )
    eventually(lambda: read(engine, PROJECT, declared).ok)
    found = read(engine, PROJECT, declared)
    busy_now, web, migrate = found.services
    assert ["running", "healthy", "done"] == [one.condition for one in found.services]
    assert (64 * MIB, 0.2) == (busy_now.memory.limit_bytes, busy_now.cpu.limit)
    assert busy_now.cpu.used is not None
    assert 0.1 < busy_now.cpu.used < 0.3
    assert (1, 0, None) == (busy_now.oom_kills, web.oom_kills, web.cpu.limit)
    assert migrate.memory.used_bytes is None
    assert found.note is None
    assert "json-file" == web.log_driver


def _labels(service: str) -> dict[str, str]:
    prefix = "com.docker.compose."
    return {prefix + "project": PROJECT, prefix + "service": service}
