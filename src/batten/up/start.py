"""Compose starts the stack; this waits until every service holds, or one cannot."""

import subprocess
import tempfile
import time
from collections.abc import Iterable

from batten.compose import Project
from batten.compose.command import command, environment
from batten.engine import Engine
from batten.errors import Unhealthy
from batten.model import Stack
from batten.progress import Progress, Step
from batten.up.failure import compose_failed, too_slow, unhealthy
from batten.up.watch import Watch

# How often the engine is asked; one listing takes it a few milliseconds.
POLL_S = 0.4


def start(
    engine: Engine,
    project: Project,
    stack: Stack,
    services: Iterable[str],
    progress: Progress,
    timeout_s: float,
) -> None:
    """Run `docker compose up` and wait until all `services` are healthy, done or steady.

    Raise Unhealthy, with the service's last log lines, as soon as one cannot become so, or
    after `timeout_s` seconds; ComposeError where Compose fails for another reason. What was
    started stays, to be looked at.
    """
    names = list(services)
    words = command(project, "up", "--detach", "--no-build", "--quiet-pull", *names)
    watch = Watch(stack, names)
    with tempfile.TemporaryFile() as said, progress.step(f"starting {stack.name}") as step:
        compose = subprocess.Popen(
            words, stdout=said, stderr=said, cwd=project.folder, env=environment()
        )
        try:
            _wait(engine, stack, watch, compose, step, timeout_s)
        except Unhealthy:
            compose.terminate()
            raise
        finally:
            compose.wait()
        if compose.returncode:
            said.seek(0)
            raise compose_failed(engine, said.read().decode(errors="replace"), watch.broken)


def _wait(
    engine: Engine,
    stack: Stack,
    watch: Watch,
    compose: "subprocess.Popen[bytes]",
    step: Step,
    timeout_s: float,
) -> None:
    """Return when all hold, or when Compose has failed."""
    deadline = time.monotonic() + timeout_s
    while True:
        finished = compose.poll()
        watch.look(engine.containers(stack.name))
        step.tell(str(watch))
        if finished or (finished == 0 and not watch.waiting):
            return
        # Before Compose has been at them, containers of an earlier start say nothing about this one.
        if watch.broken and finished is not None:
            raise unhealthy(engine, watch.broken[0])
        if time.monotonic() > deadline:
            raise too_slow(engine, stack.name, watch, timeout_s)
        time.sleep(POLL_S)
