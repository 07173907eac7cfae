"""The guard dies, containers vanish, Compose is at work: it ends in the declared state."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from batten.compose import binary

if TYPE_CHECKING:
    from pathlib import Path

    import docker
    from tests.guard.conftest import Eventually, Guard, Start

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

State = Callable[[str], dict[str, Any]]


def test_the_guard_may_be_killed_at_any_moment(
    guard: Guard,
    service: Start,
    starts: Callable[[str], list[float]],
    eventually: Eventually,
) -> None:
    """A crash loop has as many attempts as declared, however often the guard dies in it."""
    guard.start()
    loop = service(
        "loop", "sleep 0.2; exit 1", restart="on-failure delay=0.3s attempts=5 window=120s"
    )
    chance = random.Random(5)  # noqa: S311  # moments, not secrets
    for _ in range(5):
        time.sleep(chance.uniform(0.0, 0.8))
        guard.stop(signal.SIGKILL)
        guard.start()
    eventually(lambda: guard.of("loop").get("phase") == "gave_up")
    assert 6 == len(starts(loop))


def test_containers_may_vanish_at_any_moment(
    guard: Guard,
    service: Start,
    sdk: docker.APIClient,
    tiny_image: str,
    project: str,
    eventually: Eventually,
) -> None:
    """What is gone is forgotten, and the others are guarded on."""
    guard.start()
    chance = random.Random(7)  # noqa: S311  # moments, not secrets
    labels = {
        "dev.batten.test": "1",
        "com.docker.compose.project": project,
        "com.docker.compose.service": "gone",
        "dev.batten.restart": "any delay=0s",
    }
    for _ in range(6):
        made = sdk.create_container(tiny_image, ["sh", "-c", "sleep 0.1"], labels=labels)["Id"]
        sdk.start(made)
        time.sleep(chance.uniform(0.0, 0.7))
        sdk.remove_container(made, force=True)
    web = service("web", "sleep 0.1", restart="any delay=0s")
    eventually(lambda: guard.count("restarts_total", service="web") > 1)
    sdk.remove_container(web, force=True)
    service("web")
    eventually(lambda: not guard.of("gone") and guard.of("web").get("phase") == "up")
    assert "could not be started" not in guard.says(), guard.says()


def test_a_loop_that_the_engine_is_in_is_taken_over(
    guard: Guard, service: Start, state: State, eventually: Eventually
) -> None:
    """While the engine waits before its next restart nothing happens that could be heard."""
    loop = service("loop", "exit 1", engine="always", restart="on-failure delay=0s attempts=2")
    eventually(lambda: state(loop)["Status"] == "restarting")
    time.sleep(2)
    guard.start()
    eventually(lambda: guard.of("loop")["phase"] == "gave_up")
    assert "exited" == state(loop)["Status"]


def test_a_full_disk_is_no_reason_to_guard_nothing(
    guard: Guard, service: Start, project: str, crash: Callable[[str], None], eventually: Eventually
) -> None:
    """What cannot be written is said, once."""
    web = service("web", restart="on-failure delay=0s")
    guard.start()
    (guard.folder / f"{project}.draft").mkdir()
    for number in (1, 2):
        crash(web)
        eventually(lambda: guard.count("restarts_total", service="web") == number)  # noqa: B023
        eventually(lambda: guard.of("web")["phase"] == "up")
    assert 1 == guard.says().count("cannot be written")


STACK = """
name: {project}
networks: {{default: {{labels: [dev.batten.test=1]}}}}
services:
  db:
    image: {image}
    command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
    labels: {{dev.batten.test: "1", dev.batten.restart: any delay=0s}}
    healthcheck: {{test: [CMD, sh, -c, exit 0], interval: 0.5s}}
    stop_grace_period: 1s
  web:
    image: {image}
    command: [sh, -c, "exec sleep 600"]
    labels: {{dev.batten.test: "1", dev.batten.restart: any delay=0s}}
    depends_on: {{db: {{condition: service_healthy}}}}
    stop_signal: SIGKILL
  loop:
    image: {image}
    command: [sh, -c, "sleep 0.2; exit 1"]
    labels: {{dev.batten.test: "1", dev.batten.restart: on-failure delay=0.2s}}
"""


def test_compose_is_never_fought(
    guard: Guard,
    tiny_image: str,
    project: str,
    tmp_path: Path,
    eventually: Eventually,
) -> None:
    """Up, restart, recreate, stop, start and down do what they say, while a service crashes on."""
    file = tmp_path / "compose.yml"
    file.write_text(STACK.format(project=project, image=tiny_image), encoding="utf-8")

    def compose(*words: str) -> None:
        command = [binary.locate(), "--file", str(file), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr

    def phases() -> dict[str, str]:
        return {name: guard.of(name).get("phase", "") for name in ("db", "web")}

    guard.start()
    try:
        compose("up", "-d")
        eventually(lambda: phases() == {"db": "up", "web": "up"})
        compose("restart", "db")
        compose("up", "-d", "--force-recreate")
        compose("up", "-d", "--force-recreate", "loop")
        eventually(lambda: phases() == {"db": "up", "web": "up"})
        assert 0 == guard.count("restarts_total", service="web")
        assert 0 == guard.count("restarts_total", service="db")
        assert 0 < guard.count("restarts_total", service="loop")
        compose("stop", "db", "web")
        eventually(lambda: phases() == {"db": "left", "web": "left"})
        compose("start", "db", "web")
        eventually(lambda: phases() == {"db": "up", "web": "up"})
    finally:
        compose("down", "--timeout", "1")
    eventually(lambda: '"containers":[]' in (guard.get("/status") or ""))
    assert 0 == guard.count("restarts_total", service="web")
