"""How long Batten's commands take on a running stack, beside Docker's own for the same question.

    make up && make bench

Each pair runs in turn (A B A B …), so that a machine that gets slower slows both; the ratio is of
the medians. `batten status` answers with enforced limits, CPU and memory in use; `docker stats
--no-stream` is the closest that Docker has. The second `batten up` checks the machine, the images
and every service; `docker compose up --detach` only compares configurations.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from batten.compose import Project
from batten.compose.command import command
from batten.engine import Engine

ROOT = Path(__file__).parents[1]
BATTEN = str(Path(sys.executable).with_name("batten"))
RUNS = 7


def main() -> None:
    """Print one line for each pair."""
    with Engine.connect() as engine:
        known = engine.projects().get("batten")
    if known is None:
        sys.exit("the reference stack is not running: `make up`")
    compose = command(Project(known.config_files, known.name), "up", "--detach", "--no-build")
    print(f"{'':28}{'batten':>10}{'docker':>10}{'ratio':>8}")
    pair("--help", [BATTEN, "--help"], ["docker", "--help"])
    pair("status", [BATTEN, "status"], ["docker", "stats", "--no-stream"])
    pair("up, when it is up already", [BATTEN, "up"], compose)


def pair(label: str, ours: list[str], theirs: list[str]) -> None:
    """Time two commands in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(RUNS + 1):
        for taken, words in zip(times, (ours, theirs), strict=True):
            took = seconds(words)
            if run:  # the first one fills caches
                taken.append(took)
    a, b = (statistics.median(taken) for taken in times)
    print(f"{label:28}{a:>9.2f}s{b:>9.2f}s{a / b:>8.2f}")


def seconds(words: list[str]) -> float:
    """Wall time of a command that must succeed."""
    began = time.perf_counter()
    subprocess.run(words, cwd=ROOT / "docker", capture_output=True, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
