"""Where the engine is looked for."""

import hashlib
import json
from pathlib import Path

import pytest

from batten.engine.address import Address
from batten.errors import EngineError


def _context(folder: Path, name: str, endpoint: dict[str, object]) -> None:
    meta = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    meta.mkdir(parents=True)
    text = json.dumps({"Name": name, "Endpoints": {"docker": endpoint}})
    (meta / "meta.json").write_text(text, encoding="utf-8")


def test_nothing_said_is_the_default_socket(tmp_path: Path) -> None:
    """Without a word from anybody, the engine is at its usual socket."""
    found = Address.find({"DOCKER_CONFIG": str(tmp_path)})
    assert Path("/var/run/docker.sock") == found.socket
    assert "`/var/run/docker.sock`" == str(found)


def test_docker_host_wins(tmp_path: Path) -> None:
    """DOCKER_HOST beats a context, as it does for the `docker` command."""
    environment = {
        "DOCKER_HOST": "tcp://far:2376",
        "DOCKER_CONTEXT": "other",
        "DOCKER_CONFIG": str(tmp_path),
    }
    found = Address.find(environment)
    assert "tcp://far:2376" == found.url
    assert found.socket is None
    assert "`tcp://far:2376` (from DOCKER_HOST)" == str(found)


def test_current_context(tmp_path: Path) -> None:
    """A context that `docker context use` chose is followed: a rootless engine has one."""
    _context(tmp_path, "rootless", {"Host": "unix:///run/user/1000/docker.sock"})
    (tmp_path / "config.json").write_text('{"currentContext": "rootless"}', encoding="utf-8")
    found = Address.find({"DOCKER_CONFIG": str(tmp_path)})
    assert Path("/run/user/1000/docker.sock") == found.socket


def test_named_context_beats_the_current_one(tmp_path: Path) -> None:
    """DOCKER_CONTEXT beats what `docker context use` chose; `default` is the default socket."""
    (tmp_path / "config.json").write_text('{"currentContext": "gone"}', encoding="utf-8")
    found = Address.find({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "default"})
    assert Path("/var/run/docker.sock") == found.socket


def test_unknown_context_is_an_error(tmp_path: Path) -> None:
    """Another engine than the one that was meant is never talked to."""
    with pytest.raises(EngineError, match="`nowhere`") as caught:
        Address.find({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "nowhere"})
    assert caught.value.hint is not None


def test_broken_configuration_is_passed_over(tmp_path: Path) -> None:
    """The `docker` command goes on without a configuration that it cannot read, and so do we."""
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    assert Path("/var/run/docker.sock") == Address.find({"DOCKER_CONFIG": str(tmp_path)}).socket


@pytest.mark.parametrize(
    "host",
    ["foo", "unix://", "unix://here.sock", "tcp://far", "tcp://far:99999", "npipe:////x", ":"],
)
def test_no_address(host: str) -> None:
    """What is no address is quoted, with who said it and what one looks like."""
    with pytest.raises(EngineError, match="no address of an engine") as caught:
        Address.find({"DOCKER_HOST": host})
    assert "DOCKER_HOST" in caught.value.message
    assert "tcp://host:port" in str(caught.value.hint)


def test_ssh() -> None:
    """An engine behind SSH is refused in plain words, and with a way out."""
    with pytest.raises(EngineError, match="over SSH") as caught:
        Address.find({"DOCKER_HOST": "ssh://root@far"})
    assert "ssh -L" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("environment", "certificates", "verify"),
    [
        ({}, None, False),
        ({"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/c"}, Path("/c"), True),
        ({"DOCKER_TLS_VERIFY": "", "DOCKER_CERT_PATH": "/c"}, Path("/c"), False),
        ({"DOCKER_TLS_VERIFY": "1", "DOCKER_CONFIG": "/d"}, Path("/d"), True),
    ],
)
def test_certificates(
    environment: dict[str, str], certificates: Path | None, *, verify: bool
) -> None:
    """TLS is asked for by the same two variables as everywhere."""
    found = Address.find({"DOCKER_HOST": "tcp://far:2376", **environment})
    assert (certificates, verify) == (found.certificates, found.verify)
