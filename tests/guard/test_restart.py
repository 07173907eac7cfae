"""Restarts on a real engine: what is declared is what happens."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import docker
    from tests.guard.conftest import Eventually, Guard, Start

pytestmark = pytest.mark.engine

State = Callable[[str], dict[str, Any]]
LOOP = "on-failure delay=1s attempts=3 window=60s"
HEALTH_FILE = {"test": ["CMD", "sh", "-c", "test ! -e /tmp/ill"], "interval": 10**9, "retries": 1}


def test_a_crash_is_mended_after_its_delay(
    guard: Guard, service: Start, crash: Callable[[str], None], state: State, eventually: Eventually
) -> None:
    """Not at once, as the engine would, and not much later."""
    web = service("web", engine="on-failure", attempts=3, restart="on-failure delay=1s attempts=3")
    guard.start()
    crash(web)
    eventually(lambda: state(web)["Status"] == "exited")
    eventually(lambda: state(web)["Status"] == "running")
    ended, began = state(web)["FinishedAt"], state(web)["StartedAt"]
    took = (datetime.fromisoformat(began) - datetime.fromisoformat(ended)).total_seconds()
    assert 1.0 <= took
    eventually(lambda: guard.count("restarts_total", service="web", cause="crash") == 1)
    assert took <= guard.count("down_seconds_total", service="web") + 0.01


def test_a_crash_loop_has_its_attempts_and_no_more(
    guard: Guard,
    service: Start,
    starts: Callable[[str], list[float]],
    eventually: Eventually,
) -> None:
    """Three attempts, a second apart, then it is given up, and said so once."""
    guard.start()
    web = service("web", "sleep 0.3; exit 3", engine="always", restart=LOOP)
    eventually(lambda: guard.of("web").get("phase") == "gave_up")
    began = starts(web)
    gaps = [later - earlier for earlier, later in itertools.pairwise(began)]
    assert 4 == len(began)
    assert all(gap >= 1.0 for gap in gaps), gaps
    assert 1 == guard.count("gave_up_total", service="web")
    assert 1 == guard.says().count("given up")
    assert 1 == guard.says().count("ended with exit code 3: restarted")


def test_a_clean_exit_is_left(guard: Guard, service: Start, eventually: Eventually) -> None:
    """`on-failure` is about failures; `any` is about every end."""
    guard.start()
    service("job", "exit 0", restart="on-failure delay=0s")
    service("web", "sleep 0.3", restart="any delay=0s")
    eventually(lambda: guard.count("restarts_total", service="web", cause="exit") >= 2)
    assert ("left", "finished") == (guard.of("job")["phase"], guard.of("job")["reason"])
    assert 0 == guard.count("restarts_total", service="job")


def test_the_engine_keeps_out_while_the_guard_is_there(
    guard: Guard, service: Start, sdk: docker.APIClient, eventually: Eventually
) -> None:
    """Its own policy is `no` then; what it was, and the limits, are there again afterwards."""
    web = service("web", engine="on-failure", attempts=7, mem_limit="32m")
    guard.start()

    def policy() -> dict[str, Any]:
        found: dict[str, Any] = sdk.inspect_container(web)["HostConfig"]["RestartPolicy"]
        return found

    eventually(lambda: policy()["Name"] == "no")
    guard.stop()
    assert {"Name": "on-failure", "MaximumRetryCount": 7} == policy()
    assert 32 << 20 == sdk.inspect_container(web)["HostConfig"]["Memory"]


def test_the_unhealthy_are_restarted(
    guard: Guard, service: Start, state: State, eventually: Eventually
) -> None:
    """Within the same policy, unless a label says to leave them."""
    ill = "touch /tmp/ill 2>/dev/null || : > /tmp/ill; exec sleep 600"
    web = service(
        "web",
        "rm -f /tmp/ill; : > /tmp/ill; exec sleep 600",
        restart="on-failure delay=0s attempts=2",
        healthcheck=HEALTH_FILE,
        stop_signal="SIGKILL",
    )
    left = service(
        "left", ill, restart="on-failure delay=0s", unhealthy="leave", healthcheck=HEALTH_FILE
    )
    guard.start()
    eventually(lambda: guard.of("web").get("phase") == "gave_up")
    assert 2 == guard.count("restarts_total", service="web", cause="unhealthy")
    assert "running" == state(web)["Status"]
    assert "unhealthy" == state(left)["Health"]["Status"]
    assert 0 == guard.count("restarts_total", service="left")
