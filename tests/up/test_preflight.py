"""What would go wrong is found before anything is touched."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from batten import compose
from batten.compose import Project
from batten.engine import Container, Engine, Host
from batten.up.preflight import preflight
from batten.up.problem import Problem

MakeHost = Callable[..., Host]


class Nobody:
    """A stand-in for an engine that runs nothing, or exactly the containers given."""

    def __init__(self, holders: dict[tuple[int, str], Container] | None = None) -> None:
        self._holders = holders or {}

    def holders(self) -> dict[tuple[int, str], Container]:
        """See `Engine.holders`."""
        return self._holders


def look(folder: Path, text: str, host: Host, engine: Nobody | None = None) -> list[Problem]:
    """Preflight a stack of one file named `demo`."""
    file = folder / "compose.yml"
    file.write_text(text)
    project = Project.find([file], name="demo")
    stack = compose.read(project)
    return list(preflight(cast("Engine", engine or Nobody()), host, project, stack, 0))


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of 127.0.0.1 that this process holds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_healthy_machine_has_no_problem(tmp_path: Path, make_host: MakeHost) -> None:
    """Nothing is made up."""
    assert look(tmp_path, "services: {a: {image: x}}", make_host()) == []


def test_a_port_in_use_names_its_holder_and_the_variable(
    tmp_path: Path, make_host: MakeHost, taken: int
) -> None:
    """Who, where it is written, and which variable moves it."""
    text = f"services:\n  a:\n    image: x\n    ports:\n      - '127.0.0.1:${{APORT:-{taken}}}:80'"
    (found,) = look(tmp_path, text, make_host())
    assert f"port {taken} of `a` is held by" in found.message
    assert "python" in found.message
    assert "`APORT=…`" in found.hint
    assert str(found.at).endswith("compose.yml:5:9")


def test_a_port_of_another_address_is_free(tmp_path: Path, make_host: MakeHost, taken: int) -> None:
    """127.0.0.2 is not 127.0.0.1, but all addresses are."""
    text = "services: {a: {image: x, ports: ['%s:80']}}"
    assert look(tmp_path, text % f"127.0.0.2:{taken}", make_host()) == []
    assert len(look(tmp_path, text % taken, make_host())) == 1


def test_a_running_stack_may_hold_its_own_ports(tmp_path: Path, make_host: MakeHost) -> None:
    """Starting twice is no conflict, another stack's container is one."""
    mine = Container("1", "demo-a-1", "demo", "a", 1, "x", "running")
    other = Container("2", "other-web-1", "other", "web", 1, "x", "running")
    text = "services: {a: {image: x, ports: ['1:80']}}"
    assert look(tmp_path, text, make_host(), Nobody({(1, "tcp"): mine})) == []
    (found,) = look(tmp_path, text, make_host(), Nobody({(1, "tcp"): other}))
    assert "container `other-web-1` of the stack `other`" in found.message


def test_more_reserved_than_there_is_is_refused(tmp_path: Path, make_host: MakeHost) -> None:
    """Reservations must fit the host; limits that do not are only warned of."""
    text = "services: {a: {image: x, deploy: {resources: {limits: {memory: 9G}, %s}}}}"
    (too_much,) = look(tmp_path, text % "reservations: {memory: 9G}", make_host(memory=8 << 30))[:1]
    warned = look(tmp_path, text % "", make_host(memory=8 << 30))
    assert not too_much.is_warning
    assert "reserves 9.0 GiB" in too_much.message
    assert [problem.is_warning for problem in warned] == [True, True]


def test_replicas_count(tmp_path: Path, make_host: MakeHost) -> None:
    """Two of 5 GiB do not fit 8."""
    text = (
        "services: {a: {image: x, deploy: {replicas: 2, resources: {reservations: {memory: 5G}}}}}"
    )
    assert "reserves 10.0 GiB" in look(tmp_path, text, make_host())[0].message


def test_a_full_disk_is_seen(
    tmp_path: Path, make_host: MakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is full in the middle of a build."""
    monkeypatch.setattr("batten.up.preflight.FREE_DISK", 1 << 60)
    (found,) = look(tmp_path, "services: {a: {image: x}}", make_host())
    assert "GiB free" in found.message


def test_a_bind_mount_of_nothing_is_refused(tmp_path: Path, make_host: MakeHost) -> None:
    """The engine would put an empty folder where a configuration file should be."""
    text = "services:\n  a:\n    image: x\n    volumes:\n      - ./conf.yml:/etc/conf.yml:ro"
    (found,) = look(tmp_path, text, make_host())
    assert "conf.yml`, which is not there" in found.message
    assert str(found.at).endswith("compose.yml:5:9")


def test_another_machines_files_and_ports_are_not_judged(
    tmp_path: Path, make_host: MakeHost, taken: int
) -> None:
    """Of a remote engine only what it tells is known."""
    text = f"services: {{a: {{image: x, ports: ['{taken}:80'], volumes: ['./no:/x']}}}}"
    assert look(tmp_path, text, make_host(local=False)) == []
