"""The log driver is there before the containers, or it is said why it is not."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest

from batten.engine import Engine, Host
from batten.engine.plugin import Plugin
from batten.model import Logging, Service, Stack
from batten.up import log_driver

if TYPE_CHECKING:
    from batten.progress import Progress

MakeHost = Callable[..., Host]
LOKI = Service(logging=Logging("loki", {"loki-url": "http://loki:3100"}))
OWN = Plugin("loki", "1", enabled=False, environment={"BATTEN_PROGRAM": "x"})
OTHER = Plugin("loki", "2", enabled=True)


class Machine:
    """An engine with a plugin or without, and a person who says yes or no."""

    def __init__(self, host: Host, plugin: Plugin | None, *, yes: bool) -> None:
        self._host, self._plugin, self._yes = host, plugin, yes
        self.asked: list[int] = []
        self.notes: list[str] = []
        self.installed: list[str] = []

    def plugin(self, name: str) -> Plugin | None:
        """The engine's."""
        assert name == "loki"
        return self._plugin

    def host(self) -> Host:
        """The engine's, after the driver was installed."""
        return self._host

    def note(self, text: str) -> None:
        """What a person is told."""
        self.notes.append(text)

    def may_install(self, count: int) -> bool:
        """What the person answers."""
        self.asked.append(count)
        return self._yes


@pytest.fixture
def prepare(
    make_host: MakeHost, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Machine, bool]]:
    """Prepare a machine for a stack; whether its engine has the driver then."""

    def run(
        plugin: Plugin | None,
        *services: Service,
        yes: bool = True,
        drivers: tuple[str, ...] = ("local",),
    ) -> tuple[Machine, bool]:
        machine = Machine(make_host(log_drivers=("local", "loki")), plugin, yes=yes)
        monkeypatch.setattr(
            log_driver, "install", lambda _, name, __: machine.installed.append(name)
        )
        host = log_driver.prepare(
            cast("Engine", machine),
            make_host(log_drivers=drivers),
            Stack("shop", {str(number): one for number, one in enumerate(services)}),
            machine.may_install,
            cast("Progress", machine),
        )
        return machine, "loki" in host.log_drivers

    return run


Prepare = Callable[..., tuple[Machine, bool]]


@pytest.mark.parametrize("plugin", [None, OWN])
def test_it_is_installed_where_that_is_allowed(prepare: Prepare, plugin: Plugin | None) -> None:
    """Asked once, with how many services want it; one that is switched off counts as missing."""
    machine, there = prepare(plugin, LOKI, LOKI, Service())
    assert ([2], ["loki"], True) == (machine.asked, machine.installed, there)


def test_it_is_not_where_nobody_said_yes(prepare: Prepare) -> None:
    """The engine is not changed behind anybody's back."""
    machine, there = prepare(None, LOKI, yes=False)
    assert ([1], [], False) == (machine.asked, machine.installed, there)


def test_a_stack_that_does_not_want_it_is_not_asked_about_it(prepare: Prepare) -> None:
    """Nor one that has it."""
    assert [] == prepare(None, Service())[0].asked
    assert [] == prepare(OWN, LOKI, drivers=("loki",))[0].asked


@pytest.mark.parametrize(
    ("plugin", "drivers"), [(OTHER, ("loki",)), (OTHER, ("local",)), (None, ("loki",))]
)
def test_somebody_elses_is_kept_and_said(
    prepare: Prepare, plugin: Plugin | None, drivers: tuple[str, ...]
) -> None:
    """Also one that the engine does not manage; what it can do, and how it is replaced."""
    machine, _ = prepare(plugin, LOKI, drivers=drivers)
    assert ([], []) == (machine.asked, machine.installed)
    (note,) = machine.notes
    assert "is not Batten's" in note
    assert "`batten logs install`" in note
