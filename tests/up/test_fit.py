"""What a machine cannot do is done as well as it can, and said."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from batten import compose
from batten.compose import Project
from batten.engine import Host
from batten.model import Deploy, Logging, Quantities, Resources, Service, Stack
from batten.up.fit import fit

MakeHost = Callable[..., Host]


def stack(**services: Service) -> Stack:
    """A stack of named services."""
    named = {name: msgspec.structs.replace(one, name=name) for name, one in services.items()}
    return Stack("demo", named)


def limited(cpus: float, reserved: float | None = None) -> Service:
    """A service with a CPU limit."""
    return Service(
        deploy=Deploy(
            resources=Resources(
                limits=Quantities(cpus=cpus), reservations=Quantities(cpus=reserved)
            )
        )
    )


def test_a_limit_above_the_hosts_cores_is_scaled_down(make_host: MakeHost) -> None:
    """The engine would refuse to create it; one that fits is left alone."""
    fitted = fit(stack(big=limited(4, 3), right=limited(2), old=Service(cpus=8)), make_host())
    assert fitted.overlay["services"] == {
        "big": {"deploy": {"resources": {"limits": {"cpus": "2"}, "reservations": {"cpus": "2"}}}},
        "old": {"cpus": 2},
    }
    assert [note.split(" gets ")[0] for note in fitted.notes] == ["`big`", "`old`"]


def test_a_log_driver_that_is_not_there_is_replaced(make_host: MakeHost) -> None:
    """Without it no container could be created; one note tells for all."""
    loki = Service(logging=Logging("loki", {"loki-url": "x"}))
    fitted = fit(stack(a=loki, b=loki, c=Service(logging=Logging("local"))), make_host())
    assert list(fitted.overlay["services"]) == ["a", "b"]
    assert len(fitted.notes) == 1
    assert "no log driver `loki`; `batten logs install` installs it" in fitted.notes[0]
    other = Service(logging=Logging("fancy"))
    assert "batten logs install" not in fit(stack(a=other), make_host()).notes[0]
    assert not fit(stack(a=loki), make_host(log_drivers=("loki",))).overlay


def test_a_driver_that_is_not_battens_makes_nobody_wait(make_host: MakeHost) -> None:
    """Grafana's would, in the mode that loses nothing with Batten's."""
    loki = Service(logging=Logging("loki", {"loki-url": "x", "mode": "blocking"}))
    calm = Service(logging=Logging("loki", {"mode": "non-blocking"}))
    host = make_host(log_drivers=("local", "loki"))
    services = stack(a=loki, b=calm, c=Service(logging=Logging("local")), d=Service())
    options = {"mode": "non-blocking", "max-buffer-size": "4m"}
    assert {"services": {"a": {"logging": {"driver": "loki", "options": options}}}} == fit(
        services, host, foreign_driver=True
    ).overlay
    assert {} == fit(services, host).overlay


@pytest.fixture
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.usefixtures("_state")
def test_compose_takes_the_overlay(tmp_path: Path, make_host: MakeHost) -> None:
    """Options of the driver that is not there are gone, everything else stays."""
    base = tmp_path / "compose.yml"
    base.write_text(
        "services: {a: {image: x, environment: {K: v}, logging: {driver: loki, options: {u: v}},"
        " deploy: {resources: {limits: {cpus: '64', memory: 1G}}}}}"
    )
    project = Project.find([base], name="demo")
    overlay = fit(compose.read(project), make_host()).write("demo")
    assert overlay
    merged = compose.read(project.with_files(overlay)).services["a"]
    assert merged.logging == Logging("local")
    assert (merged.cpu_limit, merged.memory_limit, merged.environment) == (2, 1 << 30, {"K": "v"})


@pytest.mark.usefixtures("_state")
def test_nothing_to_fit_leaves_nothing_behind(make_host: MakeHost) -> None:
    """The overlay of an earlier start is gone when the machine can do it all."""
    overlay = fit(stack(a=limited(64)), make_host()).write("demo")
    assert overlay
    assert fit(stack(a=limited(64)), make_host(cores=64)).write("demo") is None
    assert not overlay.exists()
