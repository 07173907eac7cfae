"""Restarts on a real engine: what is declared is what happens."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from docker.types import Mount

if TYPE_CHECKING:
    from pathlib import Path

    import docker
    from tests.guard.conftest import Eventually, Guard, Start

pytestmark = pytest.mark.engine

State = Callable[[str], dict[str, Any]]
NEEDS_DB = "db:service_started:false"
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


def test_a_crash_waits_for_what_it_depends_on(
    guard: Guard,
    service: Start,
    crash: Callable[[str], None],
    starts: Callable[[str], list[float]],
    eventually: Eventually,
) -> None:
    """Its attempts are not used up while the other is down."""
    db = service("db", restart="on-failure delay=2s")
    web = service("web", restart="on-failure delay=0s attempts=1", depends_on=NEEDS_DB)
    guard.start()
    crash(db)
    crash(web)
    eventually(lambda: guard.of("web")["waits_for"] == ["`db`, which is down"])
    eventually(lambda: guard.of("web")["phase"] == "up")
    assert starts(db)[-1] < starts(web)[-1]
    assert 2 == len(starts(web))


def test_an_outage_that_a_person_made_uses_up_no_attempts(
    guard: Guard, service: Start, sdk: docker.APIClient, state: State, eventually: Eventually
) -> None:
    """With its database stopped by hand a service is tried again and again, and is back with it."""
    db = service("db", "exec sleep 600", stop_signal="SIGKILL")
    guard.start()
    sdk.stop(db)
    eventually(lambda: guard.of("db")["phase"] == "left")
    web = service(
        "web", "sleep 0.1; exit 1", restart="on-failure delay=0s attempts=2", depends_on=NEEDS_DB
    )
    eventually(lambda: guard.count("restarts_total", service="web") > 4)
    assert 0 == guard.count("gave_up_total", service="web")
    sdk.start(db)
    eventually(lambda: guard.of("web")["phase"] == "gave_up")
    assert "exited" == state(web)["Status"]


def test_oom_kills_are_counted(guard: Guard, service: Start, eventually: Eventually) -> None:
    """What the kernel did to a service is not lost with its container."""
    guard.start()
    service(
        "web",
        "head -c 1G /dev/zero | tail; exit 1",
        restart="on-failure delay=0s attempts=1",
        mem_limit="16m",
    )
    eventually(lambda: guard.of("web").get("phase") == "gave_up")
    eventually(lambda: guard.count("oom_kills_total", service="web") >= 2)
    assert 1 == guard.count("restarts_total", service="web")


def test_what_cannot_be_started_is_tried_again(
    guard: Guard,
    service: Start,
    crash: Callable[[str], None],
    tmp_path: Path,
    eventually: Eventually,
) -> None:
    """A start that fails is a failure like others; the engine would not try again."""
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    folder.mkdir()
    mount = Mount("/data", str(folder), type="bind")
    web = service("web", restart="on-failure delay=1s attempts=5", mounts=[mount])
    guard.start()
    folder.rename(elsewhere)
    crash(web)
    eventually(lambda: guard.of("web")["reason"] == "start")
    assert "web could not be started: " in guard.says()
    elsewhere.rename(folder)
    eventually(lambda: guard.of("web")["phase"] == "up")
    assert 1 == guard.count("restarts_total", service="web", cause="start")
