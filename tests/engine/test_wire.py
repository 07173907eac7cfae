"""The line to the engine that residents use: the same words as the SDK's side has."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from batten.engine.address import Address
from batten.engine.event import Event
from batten.engine.lean import LeanEngine, project_of
from batten.engine.refusal import Refused, Silent
from batten.engine.wire import Wire
from batten.errors import EngineError, NotAllowed
from batten.model import Restart

Serve = Callable[[dict[str, tuple[int, object]]], None]


def ask(path: str = "/containers/json") -> object:
    """Ask whatever listens at the test's socket."""
    return Wire(Address.find()).get(path)


def test_no_socket(socket_path: Path) -> None:
    """Without a socket there is no engine."""
    with pytest.raises(EngineError) as caught:
        ask()
    assert f"no Docker engine at `{socket_path}`" in caught.value.message
    assert caught.value.hint


def test_nobody_listens(socket_path: Path) -> None:
    """An engine that ended leaves its socket behind."""
    socket.socket(socket.AF_UNIX).bind(str(socket_path))
    with pytest.raises(EngineError, match="no Docker engine listens at"):
        ask()


def test_an_engine_that_says_nothing(socket_path: Path) -> None:
    """One that is about to end may still be connected to."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(socket_path))
    listener.listen()
    with pytest.raises(Silent, match="does not answer"):
        Wire(Address.find()).ping(patience=0.1)


def test_a_refusal_keeps_the_engines_words(socket_path: Path, stand_in: Serve) -> None:  # noqa: ARG001
    """And its status."""
    stand_in({"/_ping": (200, {}), "/json": (409, {"message": "not now"})})
    with pytest.raises(Refused) as caught:
        ask()
    assert (409, "not now") == (caught.value.status, caught.value.reason)


def test_what_is_forbidden(socket_path: Path, stand_in: Serve) -> None:  # noqa: ARG001
    """A proxy in between may allow less than the guard needs."""
    stand_in({"/_ping": (200, {}), "/json": (403, {"message": "no"})})
    with pytest.raises(NotAllowed):
        ask()


def test_tls_is_refused(tmp_path: Path) -> None:
    """Rather than talked past."""
    with pytest.raises(EngineError, match="wants TLS"):
        Wire(Address("tcp://engine:2376", certificates=tmp_path))


@pytest.mark.engine
def test_a_container_from_its_start_to_its_end(
    start: Callable[..., str], sdk: docker.APIClient
) -> None:
    """Listed, stopped, changed, started and gone: what residents do, on a real engine."""
    project = f"batten-test-wire-{os.urandom(3).hex()}"
    labels = {"com.docker.compose.project": project, "com.docker.compose.service": "web"}
    web = start("exec sleep 600", labels=labels, stop_signal="SIGKILL", mem_limit="32m")
    start("exec sleep 600", labels=labels | {"com.docker.compose.oneoff": "True"})
    engine = LeanEngine.find(project)
    since = engine.memory()[-1] + 1e-4
    assert [web] == [one.id for one in engine.containers()]
    assert project == project_of(web)
    engine.stop(web, grace=1)
    engine.set_restart(web, Restart("on-failure", 3))
    engine.start(web)
    found = engine.container(web)
    assert found is not None
    assert ("on-failure", 3, "running") == (
        found.restart_policy,
        found.restart_attempts,
        found.state,
    )
    assert 32 << 20 == sdk.inspect_container(web)["HostConfig"]["Memory"]
    sdk.remove_container(web, force=True)
    assert engine.container(web) is None
    actions = [event.action for event in engine.past_events(since)]
    assert ["kill", "die", "stop", "start", "kill", "die", "destroy"] == actions
    with engine.events(since) as events:
        first = next(events)
    assert isinstance(first, Event)
    assert ("kill", 9, web) == (first.action, first.signal, first.container)
