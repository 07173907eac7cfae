"""Restarts an engine under a container that logs; run where no engine ran before.

    restart.py IMAGES LIVE_RESTORE SIGNAL

`IMAGES` is a folder with `driver.tar` and `tiny.tar`. Prints, as JSON, how many lines the container had written and the numbers of those that arrived.
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from batten.engine import Engine
from batten.logs.install import install

HERE = Path(__file__).parent
# Writes 20 lines, tells that it did, a hundred times a second. What an engine that is killed has read
# and not yet handed on is lost with it: at this rate that is nothing.
LINES = 12_000
COUNTING = f"""
    trap 'exit 0' TERM
    i=0
    while [ $i -lt {LINES} ]; do
        echo $i
        i=$((i + 1))
        [ $((i % 20)) -gt 0 ] || {{ echo $i >/told/count; sleep 0.01; }}
    done
    sleep 99
"""


def load(name: str) -> Any:  # noqa: ANN401  # a module
    """A file beside this one."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def engine(*, live_restore: bool) -> None:
    """Start it, or start it again."""
    Path("/etc/docker/daemon.json").write_text(json.dumps({"live-restore": live_restore}))
    subprocess.run(["setup/engine"], check=True, stdout=sys.stderr)


def end_engine(number: int) -> None:
    """End it one way or another, and wait until it has."""
    pid = int(Path("/var/run/docker.pid").read_text())
    os.kill(pid, number)
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.1)


def docker(*words: str) -> None:
    """Ask the `docker` command."""
    subprocess.run(["docker", *words], check=True, stdout=sys.stderr)


def await_count(told: Path, least: int) -> int:
    """Wait until the container has written so many lines, or has ended."""
    deadline = time.monotonic() + 40
    while (count := int(told.read_text() or 0) if told.exists() else 0) < least:
        if time.monotonic() > deadline:
            return count
        time.sleep(0.1)
    return count


def settle(lines: Any) -> list[int]:  # noqa: ANN401  # a function
    """All numbers that arrived, once no more do."""
    found: list[int] = []
    quiet = 0
    while quiet < 6:
        time.sleep(0.5)
        now = lines()
        quiet = quiet + 1 if now == found and found else 0
        found = now
    return found


def main(images: str, number: int, *, live_restore: bool) -> None:
    """Install, log, end the engine in the middle, start it, log on."""
    conftest, recorder_module = load("conftest"), load("recorder")
    folder = Path(tempfile.mkdtemp(dir="/run"))
    engine(live_restore=live_restore)
    docker("load", "--quiet", "--input", f"{images}/driver.tar")
    docker("import", f"{images}/tiny.tar", "tiny")
    with Engine.connect() as connected:
        install(connected, "loki", conftest.Silent(), settings=conftest.SETTINGS)
    recorder = conftest.Recorder(folder / "pushed")
    recorder.start()
    options = [
        "--log-driver=loki",
        f"--log-opt=loki-url={recorder.url}",
        f"--volume={folder}:/told",
    ]
    docker("run", "--detach", "--name=counting", *options, "tiny", "sh", "-c", COUNTING)
    await_count(folder / "count", 3000)
    end_engine(number)
    time.sleep(1)
    engine(live_restore=live_restore)
    written = await_count(folder / "count", LINES if live_restore else 0)

    def arrived() -> list[int]:
        return [int(one.line) for one in recorder_module.pushed(recorder.file)]

    found = settle(arrived)
    docker("rm", "--force", "counting")
    json.dump({"written": written, "arrived": found}, sys.stdout)
    recorder.stop()


if __name__ == "__main__":
    main(sys.argv[1], signal.Signals[sys.argv[3]], live_restore=sys.argv[2] == "live")
