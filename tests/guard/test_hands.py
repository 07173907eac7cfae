"""What a person does is left alone, on a real engine."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import docker
    from tests.guard.conftest import Eventually, Guard, Start

pytestmark = pytest.mark.engine

State = Callable[[str], dict[str, Any]]
Deed = Callable[["docker.APIClient", str], None]
ALWAYS = "any delay=0s"
ENDS_WELL = "trap 'exit 0' TERM; trap : HUP; while :; do sleep 0.1; done"


def stopped(guard: Guard) -> bool:
    """Whether the guard knows that `web` was stopped by hand."""
    found = guard.of("web")
    return ("left", "stopped") == (found.get("phase"), found.get("reason"))


DEEDS: dict[str, Deed] = {
    "stop": lambda sdk, web: sdk.stop(web, timeout=5),
    "kill": lambda sdk, web: sdk.kill(web),
    "kill-with-its-stop-signal": lambda sdk, web: sdk.kill(web, signal.SIGTERM),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_stop_by_hand_is_left(
    deed: str, guard: Guard, service: Start, sdk: docker.APIClient, eventually: Eventually
) -> None:
    """Even where the policy restarts after any end, and also after the guard itself has died."""
    web = service("web", ENDS_WELL, restart=ALWAYS)
    guard.start()
    DEEDS[deed](sdk, web)
    eventually(lambda: stopped(guard))
    guard.stop(signal.SIGKILL)
    guard.start()
    assert stopped(guard)
    assert 0 == guard.count("restarts_total", service="web")
    assert 0 == guard.count("wanted", service="web")


def test_a_stop_while_the_guard_is_dead_is_left(
    guard: Guard, service: Start, sdk: docker.APIClient
) -> None:
    """The engine remembers who ended it."""
    web = service("web", ENDS_WELL, restart=ALWAYS)
    service("other")
    guard.start()
    guard.stop(signal.SIGKILL)
    sdk.stop(web, timeout=5)
    guard.start()
    assert stopped(guard)


def test_a_crash_while_the_guard_is_dead_is_mended(
    guard: Guard,
    service: Start,
    crash: Callable[[str], None],
    state: State,
    eventually: Eventually,
) -> None:
    """A process that ended by itself is told from one that was ended."""
    web = service("web", restart=ALWAYS)
    service("other")
    guard.start()
    guard.stop(signal.SIGKILL)
    crash(web)
    eventually(lambda: state(web)["Status"] == "exited")
    guard.start()
    eventually(lambda: state(web)["Status"] == "running")


def test_started_by_hand_it_is_guarded_again(
    guard: Guard,
    service: Start,
    sdk: docker.APIClient,
    crash: Callable[[str], None],
    eventually: Eventually,
) -> None:
    """A start by hand ends what a stop by hand began; a restart by hand is both."""
    web = service("web", ENDS_WELL, restart=ALWAYS)
    guard.start()
    sdk.stop(web)
    eventually(lambda: stopped(guard))
    sdk.start(web)
    eventually(lambda: guard.of("web")["phase"] == "up")
    sdk.restart(web)
    crash(web)
    eventually(lambda: guard.count("restarts_total", service="web", cause="crash") == 1)


def test_given_up_it_begins_anew_when_started(
    guard: Guard, service: Start, sdk: docker.APIClient, eventually: Eventually
) -> None:
    """Whoever starts it has mended something, and all attempts are there again."""
    guard.start()
    web = service("web", "exit 1", restart="on-failure delay=0s attempts=2")
    eventually(lambda: guard.of("web").get("phase") == "gave_up")
    before = guard.count("restarts_total", service="web")
    sdk.start(web)
    eventually(lambda: guard.count("gave_up_total", service="web") == 2)
    assert 2 == guard.count("restarts_total", service="web") - before


def test_a_signal_that_ends_nothing_is_no_stop(
    guard: Guard,
    service: Start,
    sdk: docker.APIClient,
    crash: Callable[[str], None],
    eventually: Eventually,
) -> None:
    """`docker kill -s HUP` reloads a configuration; a crash after it is a crash."""
    web = service("web", ENDS_WELL, restart=ALWAYS)
    guard.start()
    sdk.kill(web, signal.SIGHUP)
    crash(web)
    eventually(lambda: guard.count("restarts_total", service="web", cause="crash") == 1)


def test_what_was_down_before_the_guard_is_left(
    guard: Guard, service: Start, sdk: docker.APIClient, eventually: Eventually
) -> None:
    """It may have been stopped on purpose; what the engine gave up on was not."""
    web = service("web", engine="unless-stopped")
    sdk.stop(web, timeout=0)
    service(
        "loop", "exit 1", engine="on-failure", attempts=1, restart="on-failure delay=0s attempts=1"
    )
    time.sleep(1)
    guard.start()
    assert ("left", "found") == (guard.of("web")["phase"], guard.of("web")["reason"])
    eventually(lambda: guard.of("loop")["phase"] == "gave_up")
    assert 1 == guard.count("restarts_total", service="loop")


def test_a_paused_service_is_no_trouble(
    guard: Guard, service: Start, sdk: docker.APIClient, eventually: Eventually
) -> None:
    """Whoever pauses it wants it to be there."""
    web = service("web", restart=ALWAYS)
    guard.start()
    sdk.pause(web)
    eventually(lambda: guard.of("web")["state"] == "paused")
    sdk.unpause(web)
    eventually(lambda: guard.of("web")["state"] == "running")
    assert "up" == guard.of("web")["phase"]
    assert 0 == guard.count("restarts_total", service="web")
