"""What a person is told when the engine cannot be talked to."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from batten.engine import Engine
from batten.engine.address import Address
from batten.engine.connection import Connection
from batten.engine.refusal import refusal
from batten.errors import DiskFull, EngineError, NotAllowed

NOBODY = 65534
Serve = Callable[[dict[str, tuple[int, object]]], None]

OLD = {"ApiVersion": "1.40", "Version": "19.03.15"}
NEW = {"ApiVersion": "1.41", "Version": "20.10.24"}


def _fault() -> EngineError:
    with pytest.raises(EngineError) as caught:
        Engine.connect()
    assert caught.value.hint, "a fault says what to do next"
    assert "Traceback" not in caught.value.message
    return caught.value


def test_no_socket(socket_path: Path) -> None:
    """Without a socket there is no engine, and the message says how to get one."""
    fault = _fault()
    assert (
        f"no Docker engine at `{socket_path}` (from DOCKER_HOST): there is no such socket"
        == fault.message
    )
    assert "apt-get install docker.io" in str(fault.hint)


def test_nobody_listens(socket_path: Path) -> None:
    """A socket that a dead engine left behind is told from one that is missing."""
    socket.socket(socket.AF_UNIX).bind(str(socket_path))
    fault = _fault()
    assert f"no Docker engine listens at `{socket_path}` (from DOCKER_HOST)" == fault.message
    assert "systemctl start docker" in str(fault.hint)


def test_no_permission(socket_path: Path, stand_in: Serve) -> None:
    """A user without rights on the socket hears about `sudo` and the group."""
    stand_in({"/version": (200, NEW)})
    socket_path.chmod(0)
    with _as_nobody():
        fault = _fault()
    assert isinstance(fault, NotAllowed)
    assert "usermod -aG docker" in str(fault.hint)


def test_too_old(stand_in: Serve) -> None:
    """An engine from before 20.10 is refused with its version, before anything is asked of it."""
    stand_in({"/version": (200, OLD)})
    fault = _fault()
    assert "it is 19.03.15 and speaks API 1.40, Batten needs API 1.41" in fault.message


def test_ancient(stand_in: Serve) -> None:
    """An engine that the SDK itself does not speak to is just as old."""
    stand_in({"/version": (200, {"ApiVersion": "1.12", "Version": "1.0.0"})})
    assert "too old" in _fault().message


def test_forbidden(stand_in: Serve) -> None:
    """What an authorization plugin or a socket proxy forbids is told in its own words."""
    stand_in({"/version": (403, {"message": "authorization denied by plugin"})})
    assert "authorization denied by plugin" in _fault_of(NotAllowed)


def test_forbidden_by_a_page(stand_in: Serve) -> None:
    """A proxy that answers with a page is quoted without its tags."""
    page = b"<html><body><h1>403 Forbidden</h1>\nby administrative rules</body></html>"
    stand_in({"/version": (403, page)})
    assert "refuses: 403 Forbidden by administrative rules" in _fault_of(NotAllowed)


def test_no_engine_at_all(stand_in: Serve) -> None:
    """Whatever else listens there is no engine."""
    stand_in({"/version": (200, b"<html>hello</html>")})
    assert "is no Docker engine" in _fault().message


def test_hangs_up(socket_path: Path) -> None:
    """An engine that closes the line in the middle of an answer is told from one that is away."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(socket_path))
        listener.listen()
        threading.Thread(target=_hang_up, args=[listener], daemon=True).start()
        assert "hung up" in _fault().message


def test_does_not_answer(socket_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that is stuck is not waited for without end."""
    monkeypatch.setattr("batten.engine.connection._GREETING", 0.2)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(socket_path))
        listener.listen()
        assert "does not answer" in _fault().message


def test_refused_over_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A remote engine that is down is named by its address."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert "`tcp://127.0.0.1:1`" in _fault().message


def test_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A remote engine whose name means nothing here cannot be reached."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://nowhere.invalid:2376")
    assert "cannot be reached from here" in _fault().message


def test_missing_certificates(tmp_path: Path) -> None:
    """TLS without its files is told before anything is sent."""
    with pytest.raises(EngineError, match="cannot be trusted") as caught:
        Connection.open(Address("tcp://127.0.0.1:1", certificates=tmp_path))
    assert "ca.pem" in str(caught.value.hint)


def test_later_errors_are_told_as_well(stand_in: Serve) -> None:
    """An engine that fails after the greeting leaves no exception of the SDK either."""
    stand_in(
        {"/version": (200, NEW), "/plugins": (200, []), "/info": (500, {"message": "it burns"})}
    )
    with Engine.connect() as engine, pytest.raises(EngineError, match="it burns"):
        engine.host()


def test_disk_full() -> None:
    """No room on the engine's disk is an error of its own, wherever it is met."""
    found = refusal("write /var/lib/docker/tmp/x: no space left on device", 500)
    assert isinstance(found, DiskFull)
    assert "docker system df" in str(found.hint)


def _fault_of(kind: type[EngineError]) -> str:
    fault = _fault()
    assert isinstance(fault, kind)
    return fault.message


def _hang_up(listener: socket.socket) -> None:
    """Hear the first caller out, and close without a word."""
    caller, _ = listener.accept()
    caller.recv(1 << 16)
    caller.close()


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may open any socket: be somebody else for a while."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(own)
