"""`batten up` and `down` against a real engine: what goes well, and each way it can go wrong."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

BATTEN = Path(sys.executable).with_name("batten")
NAME = "batten-test-up"

# The first run only loads what nobody could read later.
AS_NOBODY = """
import os, sys
from batten.cli.main import main
def run():
    try:
        main()
    except SystemExit as end:
        return end.code
os.environ["DOCKER_HOST"] = "unix:///nowhere.sock"
run()
del os.environ["DOCKER_HOST"]
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
print("SECOND", file=sys.stderr, flush=True)
sys.exit(run())
"""

Batten = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_stack_comes_up_and_goes_down(batten: Batten, write: Callable[..., Path]) -> None:
    """Healthy is shown, a second start changes nothing, and `down` leaves only the data."""
    write(
        "services:\n  a: {TINY, command: sleep 600, volumes: ['data:/data'],"
        " healthcheck: {test: [CMD, sh, -c, 'exit 0'], interval: 1s}}\n"
        "  once: {TINY, command: sh -c 'exit 0'}\n"
        "volumes: {data: {labels: [dev.batten.test=1]}}"
    )
    first = batten("up", "--format", "json")
    again = batten("up", "--format", "json")
    services = {one["service"]: one for one in json.loads(first.stdout)["services"]}
    ages = [json.loads(done.stdout)["services"][0]["uptime_s"] for done in (first, again)]
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert services["a"]["health"] == "healthy"
    assert services["once"]["state"] == "done"
    assert ages[1] > ages[0]
    refused = batten("down", "--volumes")
    down = batten("down")
    assert (refused.returncode, down.returncode) == (1, 0)
    assert f"{NAME}_data" in refused.stderr
    assert "its data stays in 1 volumes" in down.stderr
    assert "its data" not in batten("down", "-p", NAME, "--volumes", "--yes").stderr


def test_a_service_that_exits_is_shown_with_its_last_words(
    batten: Batten, write: Callable[..., Path]
) -> None:
    """Exit 1, which service, its exit code, its log, and what is left."""
    write("services: {a: {TINY, command: \"sh -c 'echo no config found >&2; exit 3'\"}}")
    done = batten("up")
    assert done.returncode == 1
    assert "`a` exited with 3" in done.stderr
    assert "| no config found" in done.stderr
    assert f"docker logs {NAME}-a-1" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unhealthy_service_is_shown_with_its_probe(
    batten: Batten, write: Callable[..., Path]
) -> None:
    """What the healthcheck said is said."""
    write(
        "services: {a: {TINY, command: sh -c 'echo starting; sleep 600', healthcheck: "
        "{test: [CMD, sh, -c, 'echo port closed; exit 1'], interval: 1s, retries: 1}}}"
    )
    done = batten("up")
    assert done.returncode == 1
    assert "`a` is running but unhealthy: port closed" in done.stderr
    assert "| starting" in done.stderr


def test_the_dependency_that_failed_is_named(batten: Batten, write: Callable[..., Path]) -> None:
    """Not the service that waited for it."""
    write(
        "services:\n  web: {TINY, command: sleep 600, depends_on: {db: {condition: service_healthy}}}\n"
        "  db: {TINY, command: sh -c 'echo disk is read-only; sleep 600', healthcheck: "
        "{test: [CMD, sh, -c, 'exit 1'], interval: 1s, retries: 1}}"
    )
    done = batten("up")
    assert done.returncode == 1
    assert "`db` is running but unhealthy" in done.stderr
    assert "| disk is read-only" in done.stderr


def test_waiting_ends(batten: Batten, write: Callable[..., Path]) -> None:
    """A service that never becomes healthy ends the wait when it was said to."""
    write(
        "services: {a: {TINY, command: sleep 600, healthcheck: "
        "{test: [CMD, sh, -c, 'exit 1'], interval: 1s, retries: 1000}}}"
    )
    done = batten("up", "--timeout", "3")
    assert done.returncode == 1
    assert "not healthy after 3 s: `a`" in done.stderr


def test_a_crash_loop_is_not_waited_for(batten: Batten, write: Callable[..., Path]) -> None:
    """A service that is restarted for ever is not healthy between two crashes."""
    write("services: {a: {TINY, command: sh -c 'sleep 0.1; exit 1', restart: always}}")
    done = batten("up")
    assert done.returncode == 1
    assert "`a` was restarted" in done.stderr


def test_a_port_in_use_touches_nothing(batten: Batten, write: Callable[..., Path]) -> None:
    """Who holds it is said before any container is made."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        write(f"services: {{a: {{TINY, command: sleep 600, ports: ['127.0.0.1:{port}:80']}}}}")
        done = batten("up")
    assert done.returncode == 1
    assert f"port {port} of `a` is held by" in done.stderr
    assert (
        json.loads(batten("status", "--format", "json").stdout)["services"][0]["state"] == "missing"
    )


def test_an_image_that_cannot_be_had_is_named(batten: Batten, write: Callable[..., Path]) -> None:
    """With the reason, and what to do."""
    write("services: {a: {image: '127.0.0.1:9/nobody/nothing:1'}}")
    done = batten("up")
    assert done.returncode == 1
    assert "127.0.0.1:9/nobody/nothing:1" in done.stderr
    assert "hint: " in done.stderr


def test_what_this_machine_cannot_do_is_fitted_and_said(
    batten: Batten, write: Callable[..., Path]
) -> None:
    """More cores than there are, and a log driver that is not there."""
    write(
        "services: {a: {TINY, command: sleep 600, logging: {driver: nowhere, options: {u: v}},"
        " deploy: {resources: {limits: {cpus: '512'}}}}}"
    )
    done = batten("up", "--format", "json")
    assert done.returncode == 0, done.stderr
    (service,) = json.loads(done.stdout)["services"]
    assert os.cpu_count() == service["cpu"]["limit"]
    assert service["log_driver"] == "local"
    assert "instead of 512" in done.stderr
    assert "no log driver `nowhere`" in done.stderr


def test_embedded_images_stand_in_and_are_kept(
    batten: Batten, write: Callable[..., Path], tmp_path: Path
) -> None:
    """`auto` builds where nothing can be pulled, says why, and stays with that kind."""
    write("services: {a: {image: '127.0.0.1:9/nothing:1', command: sleep 600}}")
    write("services: {a: {TINY, pull_policy: never}}", "compose.embedded.yaml")
    first, again = batten("up"), batten("up")
    moved = shutil.copytree(tmp_path, tmp_path / "elsewhere")
    elsewhere = batten("up", "-f", str(moved / "compose.yml"))
    registry = batten("up", "--images", "registry")
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert "as the running stack" in elsewhere.stderr
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "images are built here (`127.0.0.1:9/nothing:1` cannot be pulled" in first.stderr
    assert "as the running stack" in again.stderr
    assert registry.returncode == 1


def test_a_failing_build_shows_its_output(
    batten: Batten, write: Callable[..., Path], tmp_path: Path, tiny_image: str
) -> None:
    """The step that failed and what it wrote; no half-built image stays under the name."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text(
        f"FROM {tiny_image}\nRUN echo compiler says no >&2; exit 4\n"
    )
    write("services: {a: {image: 'batten-test/app:1', build: ./app}}")
    done = batten("up")
    assert done.returncode == 1
    assert "compiler says no" in done.stderr
    assert subprocess.run(
        ["docker", "image", "inspect", "batten-test/app:1"], capture_output=True, check=False
    ).returncode


def test_a_build_is_repeated_only_when_its_inputs_change(
    batten: Batten, write: Callable[..., Path], tmp_path: Path, tiny_image: str
) -> None:
    """The image stays the same image until a file of its context changes."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text(
        f"FROM {tiny_image}\nLABEL dev.batten.test=1\nCOPY text /text\n"
    )
    write(
        "services: {a: {image: 'batten-test/app:1', build: ./app, command: sleep 600,"
        " labels: {dev.batten.test: '1'}, init: true}}"
    )
    ids = []
    for text in ("one", "one", "two"):
        (tmp_path / "app" / "text").write_text(text)
        assert batten("up").returncode == 0
        shown = subprocess.run(
            ["docker", "image", "inspect", "--format", "{{.Id}}", "batten-test/app:1"],
            capture_output=True,
            check=True,
        )
        ids.append(shown.stdout)
    assert ids[0] == ids[1] != ids[2]
    batten("down")
    (tmp_path / "app" / "text").write_text("three")
    assert batten("up").returncode == 0
    superseded = subprocess.run(
        ["docker", "image", "inspect", ids[2].decode().strip()], capture_output=True, check=False
    )
    assert superseded.returncode, "the image that lost its name is still there"


def test_ctrl_c_says_what_is_left(
    batten: Batten, write: Callable[..., Path], tmp_path: Path, environment: dict[str, str]
) -> None:
    """Exit 130; what was started is there, and `up` goes on from it."""
    slow = "{test: [CMD, sh, -c, 'test -e /tmp/ready'], interval: 1s, retries: 1000}"
    write(f"services: {{a: {{TINY, command: sleep 600, healthcheck: {slow}}}}}")
    with subprocess.Popen(
        [BATTEN, "up"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as running:  # fmt: skip
        _eventually(_is_started, "nothing was started")
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "interrupted" in said
    assert "`batten down` takes it away" in said
    assert "Traceback" not in said
    subprocess.run(["docker", "exec", f"{NAME}-a-1", "sh", "-c", "echo > /tmp/ready"], check=True)
    assert batten("up").returncode == 0


def test_ctrl_c_in_a_build_does_not_wait_for_it(
    write: Callable[..., Path], tmp_path: Path, environment: dict[str, str], tiny_image: str
) -> None:
    """The engine is hung up on, and nothing half-built stays under the image's name."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Dockerfile").write_text(f"FROM {tiny_image}\nRUN echo busy; sleep 300\n")
    write("services: {a: {image: 'batten-test/slow:1', build: ./app}}")
    with subprocess.Popen(
        [BATTEN, "up"], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as running:  # fmt: skip
        _eventually(_is_building, "the build did not start")
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "interrupted" in said
    _eventually(lambda: not _is_building(), "the engine goes on building")
    assert subprocess.run(
        ["docker", "image", "inspect", "batten-test/slow:1"], capture_output=True, check=False
    ).returncode


def _is_building() -> bool:
    """Whether a container of the build above runs."""
    shown = subprocess.run(
        ["docker", "ps", "--no-trunc", "--format", "{{.Command}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return "sleep 300" in shown.stdout


def _eventually(look: Callable[[], bool], otherwise: str) -> None:
    for _ in range(150):
        if look():
            return
        time.sleep(0.1)
    pytest.fail(otherwise)


def _is_started() -> bool:
    """Whether the stack's one container is there."""
    shown = subprocess.run(
        ["docker", "ps", "-q", "--filter", f"name={NAME}-a-1"], capture_output=True, check=True
    )
    return bool(shown.stdout)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
def test_without_rights_on_the_socket_the_way_out_is_said(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """Exit 2, and the group that has them."""
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, "status"],
        cwd=tmp_path,
        env=environment | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    said = done.stderr.partition("SECOND\n")[2]
    assert said.startswith("error: this user may not talk to the Docker engine")
    assert "hint: " in said
