"""`batten guard` as it is typed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = "from batten.cli.entry import main; main()"
STACK = """
name: explained
services:
  db:
    image: postgres:17
    restart: unless-stopped
    healthcheck: {test: [CMD, pg_isready]}
  web:
    image: example/web:1
    depends_on: {db: {condition: service_healthy}}
    deploy:
      restart_policy: {condition: on-failure, delay: 3s, max_attempts: 5, window: 2m}
  labelled:
    image: example/web:1
    restart: always
    labels:
      dev.batten.restart: on-failure delay=3s attempts=5 window=120s
  wrong:
    image: example/web:1
    restart: always
    labels:
      dev.batten.restart: sometimes
  job:
    image: example/job:1
  own:
    image: example/web:1
    restart: always
    labels: {dev.batten.restart: engine}
"""


def batten(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run `batten guard` in a folder."""
    command = [sys.executable, "-c", RUN, "guard", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=30
    )


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """A folder with a stack in it."""
    (tmp_path / "compose.yml").write_text(STACK, encoding="utf-8")
    return tmp_path


def test_explain_says_what_the_guard_would_do(stack: Path) -> None:
    """Beside what the engine does alone, and without an engine."""
    done = batten(stack, "--explain", "--format", "json")
    found = {one["service"]: one for one in json.loads(done.stdout)["services"]}
    assert 0 == done.returncode, done.stderr
    assert "any delay=5s" == found["db"]["policy"]
    assert "without end" in found["db"]["engine"]
    assert ["starts it again 5 s after any end, without end"] == found["db"]["guard"][:1]
    assert "starts it anew when it stays unhealthy for 5 s more" == found["db"]["guard"][2]
    assert "once `db` is healthy" in found["web"]["guard"][1]
    assert "on-failure delay=3s attempts=5 window=120s" == found["labelled"]["policy"]
    assert ("label", "engine") == (found["labelled"]["source"], found["web"]["source"])
    assert "never starts it again" == found["job"]["engine"]
    assert ["leaves it when it ends"] == found["job"]["guard"]
    assert ["leaves it to the engine"] == found["own"]["guard"]


def test_explain_says_what_the_guard_cannot_see(stack: Path) -> None:
    """Delay and window do not reach a container but in a label."""
    done = batten(stack, "--explain", "--format", "json")
    found = {one["service"]: one for one in json.loads(done.stdout)["services"]}
    assert "`delay` and `window` of `deploy.restart_policy`" in found["web"]["notes"][0]
    assert "`sometimes` is no condition" in found["wrong"]["notes"][0]
    assert [] == found["labelled"]["notes"]


def test_explain_as_text(stack: Path) -> None:
    """One paragraph for each service."""
    done = batten(stack, "--explain")
    assert 0 == done.returncode, done.stderr
    assert "labelled  on-failure delay=3s attempts=5 window=120s  from its label\n" in done.stdout
    assert 5 == done.stdout.count("\n\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--listen", "nowhere"], "is not HOST:PORT"),
        (["-p", "p", "--state", "/proc/nowhere"], "cannot keep its state in"),
        (["-p", "p", "--listen", "192.0.2.1:80"], "cannot listen on `192.0.2.1:80`"),
    ],
)
def test_what_is_wrong_is_said(words: list[str], message: str, stack: Path) -> None:
    """In words, and with exit code 2."""
    done = batten(stack, *words, *([] if "--state" in words else ["--state", str(stack)]))
    assert 2 == done.returncode
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_stack_it_does_not_start(tmp_path: Path) -> None:
    """Whose containers it would guard has to be said."""
    done = batten(tmp_path, "--state", str(tmp_path))
    assert 2 == done.returncode
    assert "there is no Compose file" in done.stderr
