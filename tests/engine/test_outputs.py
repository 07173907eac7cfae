"""A container's lines, as the engine keeps them."""

import time
from collections.abc import Callable
from typing import Any

import docker
import pytest

from batten.engine import Container, Engine, PublishedPort, Span
from batten.engine.address import Address
from batten.engine.reach import reach

NAME = "batten-test-outputs"
SECOND = 1_000_000_000
SCRIPT = "echo out; echo err >&2; sleep 0.3; head -c 40000 /dev/zero; echo; printf unfinished"

Start = Callable[..., str]


@pytest.fixture
def ended(start: Start, sdk: docker.APIClient, engine: Engine) -> Callable[..., Container]:
    """A container of a script that has come to its end."""

    def run(**options: Any) -> Container:  # noqa: ANN401  # the SDK's
        labels = {"com.docker.compose.project": NAME, "com.docker.compose.service": "a"}
        logs = {"type": "json-file", "config": {}}
        sdk.wait(start(SCRIPT, labels=labels, log_config=logs, **options))
        (found,) = engine.containers(NAME)
        return found

    return run


@pytest.mark.engine
def test_each_line_has_its_time_and_its_source(
    ended: Callable[..., Container], engine: Engine
) -> None:
    """A long one is one, and so is the last that never ended."""
    before = time.time_ns()
    container = ended()
    found = list(engine.outputs(container, Span()))
    assert {("stdout", "out"), ("stderr", "err")} == {(one.source, one.text) for one in found[:2]}
    assert [("stdout", "\0" * 40_000), ("stdout", "unfinished")] == [
        (one.source, one.text) for one in found[2:]
    ]
    assert all(before < one.time_ns < time.time_ns() for one in found)


@pytest.mark.engine
def test_a_part_of_them(ended: Callable[..., Container], engine: Engine) -> None:
    """To the nanosecond: from an instant on, before another, the last ones."""
    container = ended()
    *_, late, last = engine.outputs(container, Span())
    assert [late, last] == list(engine.outputs(container, Span(since_ns=late.time_ns)))
    assert 2 == len(list(engine.outputs(container, Span(until_ns=late.time_ns - SECOND // 10))))
    assert [last] == list(engine.outputs(container, Span(tail=1)))


@pytest.mark.engine
def test_following_ends_with_the_container(start: Start, engine: Engine) -> None:
    """Lines come when they are written, the last ones included."""
    labels = {"com.docker.compose.project": NAME, "com.docker.compose.service": "a"}
    start(
        "echo one; sleep 0.5; echo two",
        labels=labels,
        log_config={"type": "json-file", "config": {}},
    )
    (container,) = engine.containers(NAME)
    assert ["one", "two"] == [one.text for one in engine.outputs(container, Span(follow=True))]


@pytest.mark.engine
def test_a_terminal_has_one_output(start: Start, sdk: docker.APIClient, engine: Engine) -> None:
    """Without the frames that keep two apart."""
    made = sdk.create_container(
        sdk.inspect_container(start("exit 0"))["Image"],
        ["sh", "-c", SCRIPT],
        tty=True,
        labels={
            "dev.batten.test": "1",
            "com.docker.compose.project": NAME,
            "com.docker.compose.service": "a",
        },
        host_config=sdk.create_host_config(
            log_config=docker.types.LogConfig(type="json-file", config={})
        ),
    )
    try:
        sdk.start(made["Id"])
        sdk.wait(made["Id"])
        (container,) = engine.containers(NAME)
        found = list(engine.outputs(container, Span()))
    finally:
        sdk.remove_container(made["Id"], force=True)
    assert container.tty
    assert {"stdout"} == {one.source for one in found}
    assert ["err", "out"] == sorted(one.text for one in found[:2])
    assert [] == list(engine.outputs(container, Span())), "it is gone"


@pytest.mark.engine
def test_a_log_that_nobody_can_read_is_empty(start: Start, engine: Engine) -> None:
    """Not an error: there are others."""
    labels = {"com.docker.compose.project": NAME, "com.docker.compose.service": "a"}
    start("echo one", labels=labels, log_config={"type": "none", "config": {}})
    (container,) = engine.containers(NAME)
    assert [] == list(engine.outputs(container, Span()))


LOCAL = Address("unix:///var/run/docker.sock")
FAR = Address("tcp://engine.example.com:2376")


@pytest.mark.parametrize(
    ("engine_at", "published", "local", "expected"),
    [
        (LOCAL, PublishedPort("127.0.0.1", 33100, 3100), True, "127.0.0.1:33100"),
        (LOCAL, PublishedPort("0.0.0.0", 33100, 3100), False, "127.0.0.1:33100"),  # noqa: S104
        (LOCAL, PublishedPort("::1", 33100, 3100), True, "[::1]:33100"),
        (LOCAL, PublishedPort("127.0.0.1", 33100, 9999), True, "172.18.0.9:3100"),
        (LOCAL, PublishedPort("127.0.0.1", 33100, 9999), False, None),
        (FAR, PublishedPort("0.0.0.0", 33100, 3100), False, "engine.example.com:33100"),  # noqa: S104
        (FAR, PublishedPort("10.0.0.9", 33100, 3100), False, "10.0.0.9:33100"),
        (FAR, PublishedPort("127.0.0.1", 33100, 3100), False, None),
    ],
)
def test_the_way_to_a_port(
    engine_at: Address, published: PublishedPort, expected: str | None, *, local: bool
) -> None:
    """The published one, where it leads somewhere; else the container's own address."""
    container = Container(
        "1", "a", "p", "s", 1, "i", "running", ports=(published,), addresses=("172.18.0.9",)
    )

    def host() -> Any:  # noqa: ANN401  # as much of a host as is asked for
        return type("Host", (), {"local": local})

    assert expected == reach(engine_at, container, 3100, host)
