"""What the engine says about containers, and how it is read."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docker
import pytest

from batten.engine import Container, Engine, PublishedPort, cgroup
from batten.engine.project import projects

PROJECT = "batten-test"
MIB = 1 << 20


def labels(service: str, project: str = PROJECT, **more: str) -> dict[str, str]:
    """What Compose puts on a container of `service`."""
    prefix = "com.docker.compose."
    found = {"project": project, "service": service, "container-number": "1", "oneoff": "False"}
    return {prefix + name: value for name, value in (found | more).items()}


def inspected(**state: Any) -> dict[str, Any]:  # noqa: ANN401  # as JSON is
    """The engine's description of a container, as far as it is read."""
    return {
        "Id": "c0ffee",
        "Name": "/stack-web-1",
        "RestartCount": 2,
        "State": {"Status": "running", "ExitCode": 0, "Pid": 42, **state},
        "Config": {"Image": "web:1", "Labels": labels("web")},
        "HostConfig": {
            "RestartPolicy": {"Name": "on-failure"},
            "LogConfig": {"Type": "local"},
        },
        "NetworkSettings": {"Ports": {}},
    }


def test_exit_code_of_what_runs() -> None:
    """A container that runs has no exit code, whatever number the engine puts there."""
    assert Container.from_inspect(inspected()).exit_code is None
    assert Container.from_inspect(inspected(Status="exited", ExitCode=137)).exit_code == 137
    assert Container.from_inspect(inspected(Status="restarting", ExitCode=1)).exit_code == 1


def test_times() -> None:
    """Nanoseconds are cut, and the engine's word for never is None."""
    state = {"StartedAt": "2026-11-23T20:20:45.123456789Z", "FinishedAt": "0001-01-01T00:00:00Z"}
    found = Container.from_inspect(inspected(**state))
    assert datetime(2026, 11, 23, 20, 20, 45, 123456, UTC) == found.started_at
    assert found.finished_at is None


def test_health() -> None:
    """The last probe's output is kept, and a healthcheck that was switched off is none."""
    log = [{"Output": "first"}, {"Output": " no route\n"}]
    found = Container.from_inspect(inspected(Health={"Status": "unhealthy", "Log": log}))
    assert ("unhealthy", "no route") == (found.health, found.health_output)
    assert Container.from_inspect(inspected(Health={"Status": "none"})).health is None


def test_ports() -> None:
    """Only ports that the host shows count, on each of its addresses."""
    found = inspected()
    found["NetworkSettings"]["Ports"] = {
        "5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": "15432"}],
        "53/udp": [{"HostIp": "::", "HostPort": "53"}],
        "9187/tcp": None,
    }
    ports = Container.from_inspect(found).ports
    assert ["127.0.0.1:15432->5432/tcp", "[::]:53->53/udp"] == [str(port) for port in ports]
    assert [False, True] == [port.is_public for port in ports]


def test_dependencies() -> None:
    """Compose writes on a container what it waited for."""
    found = inspected()
    found["Config"]["Labels"] |= labels(
        "web", depends_on="db:service_healthy:true,init:service_completed_successfully:false"
    )
    assert {
        "db": "service_healthy",
        "init": "service_completed_successfully",
    } == Container.from_inspect(found).depends_on


def test_projects_from_labels() -> None:
    """A project's files and folder come from its newest container; only live services run."""
    place = {"project.working_dir": "/srv/shop", "project.config_files": "/srv/a.yml,/srv/b.yml"}
    found = projects(
        [
            {"Labels": labels("web", "shop", **place), "State": "running"},
            {"Labels": labels("db", "shop"), "State": "exited"},
        ]
    )
    assert ["shop"] == list(found)
    assert Path("/srv/shop") == found["shop"].working_dir
    assert (Path("/srv/a.yml"), Path("/srv/b.yml")) == found["shop"].config_files
    assert ("web",) == found["shop"].running


@pytest.mark.engine
def test_limits_are_read_back(engine: Engine, start: Callable[..., str]) -> None:
    """What is asked of the engine is what the kernel enforces, to the byte."""
    start(
        labels=labels("limited"),
        mem_limit="64m",
        memswap_limit="64m",
        mem_reservation="32m",
        cpu_period=100_000,
        cpu_quota=50_000,
        pids_limit=20,
    )
    (container,) = engine.containers(PROJECT)
    usage = cgroup.read(container.pid, container.id)
    assert usage is not None
    assert 64 * MIB == usage.memory_limit
    assert 64 * MIB == usage.memswap_limit
    assert 32 * MIB == usage.memory_reservation
    assert 0.5 == usage.cpu_limit
    assert 20 == usage.pids_limit
    assert 0 < usage.memory_used < 64 * MIB
    assert 0 < usage.cpu_ns
    assert 0 == usage.oom_kills


@pytest.mark.engine
def test_no_limits(engine: Engine, start: Callable[..., str]) -> None:
    """A container without limits has none, rather than very large ones."""
    start(labels=labels("free"))
    (container,) = engine.containers(PROJECT)
    usage = cgroup.read(container.pid, container.id)
    assert usage is not None
    assert (None, None, None) == (usage.memory_limit, usage.memory_reservation, usage.cpu_limit)


@pytest.mark.engine
def test_oom_kill_is_counted(
    engine: Engine, start: Callable[..., str], sdk: docker.APIClient
) -> None:
    """A process killed for want of memory is counted, though its container lives on."""
    started = start(labels=labels("hungry"), mem_limit="64m", memswap_limit="64m")
    hog = sdk.exec_create(started, ["sh", "-c", "head -c 200M /dev/zero | tail"])
    sdk.exec_start(hog["Id"])
    (container,) = engine.containers(PROJECT)
    usage = cgroup.read(container.pid, container.id)
    assert usage is not None
    assert 1 == usage.oom_kills
    assert "running" == container.state


@pytest.mark.engine
def test_restart_is_counted(
    engine: Engine, start: Callable[..., str], eventually: Callable[[Callable[[], bool]], bool]
) -> None:
    """A crash that the engine mends shows as one restart."""
    start(
        "[ -e /tmp/again ] && exec sleep 600; : > /tmp/again; exit 3",
        labels=labels("crashing"),
        restart_policy={"Name": "on-failure", "MaximumRetryCount": 3},
    )
    eventually(lambda: (1, "running") == _count_and_state(engine))
    (container,) = engine.containers(PROJECT)
    assert "on-failure" == container.restart_policy


@pytest.mark.engine
def test_exit_and_finish(
    engine: Engine, start: Callable[..., str], eventually: Callable[[Callable[[], bool]], bool]
) -> None:
    """A container that ended keeps its code and its times, and has no process."""
    start("sleep .1; exit 7", labels=labels("short"))
    eventually(lambda: engine.containers(PROJECT)[0].state == "exited")
    (container,) = engine.containers(PROJECT)
    assert (7, 0, False) == (container.exit_code, container.pid, container.finished_well)
    assert container.started_at is not None
    assert container.finished_at is not None
    assert container.started_at <= container.finished_at


@pytest.mark.engine
def test_health_of_a_container(
    engine: Engine, start: Callable[..., str], eventually: Callable[[Callable[[], bool]], bool]
) -> None:
    """A failing probe is told with its words."""
    probe = {"test": ["CMD-SHELL", "echo no route; exit 1"], "interval": 10**8, "retries": 1}
    start(labels=labels("sick"), healthcheck=probe)
    eventually(lambda: engine.containers(PROJECT)[0].health == "unhealthy")
    assert "no route" == engine.containers(PROJECT)[0].health_output


@pytest.mark.engine
def test_one_off_containers_are_left_out(engine: Engine, start: Callable[..., str]) -> None:
    """What `docker compose run` started is no part of the stack."""
    start(labels=labels("web"))
    start(labels=labels("web", oneoff="True"))
    assert 1 == len(engine.containers(PROJECT))
    assert ("web",) == engine.projects()[PROJECT].running


@pytest.mark.engine
def test_containers_come_in_order(engine: Engine, start: Callable[..., str]) -> None:
    """Services by name, their containers by number."""
    for service, number in (("web", "10"), ("web", "2"), ("db", "1")):
        start(labels=labels(service, **{"container-number": number}))
    found = [(one.service, one.number) for one in engine.containers(PROJECT)]
    assert [("db", 1), ("web", 2), ("web", 10)] == found


@pytest.mark.engine
def test_holder_of_a_port(engine: Engine, start: Callable[..., str]) -> None:
    """A published port names its container, and the container its port."""
    port = _free_port()
    start(labels=labels("web"), ports=[80], port_bindings={80: ("127.0.0.1", port)})
    holder = engine.holders()[port, "tcp"]
    assert (PROJECT, "web") == (holder.project, holder.service)
    assert (PublishedPort("127.0.0.1", port, 80, "tcp"),) == holder.ports


@pytest.mark.engine
def test_logs(
    engine: Engine, start: Callable[..., str], eventually: Callable[[Callable[[], bool]], bool]
) -> None:
    """The last lines of output and errors come merged, and what is no UTF-8 does no harm."""
    # Apart in time, for the engine reads output and errors from two pipes.
    text = "echo one; sleep .1; echo two >&2; sleep .1; printf 'three \\377\\n\\n'"
    started = start(text, labels=labels("talking"))
    eventually(lambda: engine.containers(PROJECT)[0].state == "exited")
    assert ["one", "two", "three \N{REPLACEMENT CHARACTER}", ""] == engine.logs(started, 10)
    assert [""] == engine.logs(started, 1)


@pytest.mark.engine
def test_logs_that_cannot_be_read(engine: Engine, start: Callable[..., str]) -> None:
    """A driver that keeps nothing gives nothing, and no error."""
    started = start("echo one", labels=labels("silent"), log_config={"type": "none", "config": {}})
    assert [] == engine.logs(started, 10)


@pytest.mark.engine
def test_volumes(engine: Engine, sdk: docker.APIClient) -> None:
    """A project's volumes are found by label, under the engine's names for them."""
    own = {"com.docker.compose.project": PROJECT, "dev.batten.test": "1"}
    sdk.create_volume("batten-test_data", labels=own)
    assert ("batten-test_data",) == engine.volumes(PROJECT)
    sdk.remove_volume("batten-test_data")
    assert () == engine.volumes(PROJECT)


@pytest.mark.engine
def test_host(engine: Engine) -> None:
    """The engine's machine is this one, and has the figures that this one has."""
    import os

    import psutil

    found = engine.host()
    assert found.local
    assert os.uname().machine == found.architecture
    assert os.cpu_count() == found.cores
    assert psutil.virtual_memory().total == found.memory
    assert "local" in found.log_drivers
    assert found.root_dir.is_absolute()


def _count_and_state(engine: Engine) -> tuple[int, str]:
    (container,) = engine.containers(PROJECT)
    return container.restart_count, container.state


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
