"""How long `batten check` takes, beside Compose reading the same file, and beside its peers.

    make bench-check

Each pair runs in turn (A B A B …), so that a machine that gets slower slows both; the ratio is of
the medians. compose-lint and dclint are timed where they are installed (`uv tool install
compose-lint`, `npm install -g dclint`): they read one file themselves, Compose is not asked. The
memory is Batten's own, without Compose's.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from batten.compose import binary

BATTEN = str(Path(sys.executable).with_name("batten"))
RUNS = 11
IMAGES = ("postgres:17", "redis:8", "example/web:1.2", "node:24", "rabbitmq:4", "nginx:1.29")
SERVICE = """\
  s{number}:
    image: {image}
    environment:
      DATABASE_URL: postgres://app@s0:5432/app
      LOG_LEVEL: ${{LOG_LEVEL:-info}}
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD:-development}}
    volumes:
      - v{number}:/data
      - ./config/{number}.conf:/etc/app/app.conf:ro
    ports:
      - "127.0.0.1:{port}:8080"
    depends_on:
      s0:
        condition: service_healthy
    healthcheck:
      test: [CMD, /bin/true]
      interval: 10s
      timeout: 3s
    deploy:
      resources:
        limits: {{memory: 512M, cpus: "0.5"}}
        reservations: {{memory: 256M}}
    restart: unless-stopped
    logging: *logging
"""
MEMORY = """\
import contextlib, io, sys
from batten.cli.main import batten
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(BaseException):
    batten.main(sys.argv[1:], standalone_mode=False)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def main() -> None:
    """Print a line for each size."""
    print(f"{'services':>8}{'batten':>10}{'compose':>10}{'ratio':>7}{'memory':>9}", end="")
    peers = [peer for peer in ("compose-lint", "dclint") if shutil.which(peer)]
    print("".join(f"{peer:>14}" for peer in peers))
    with tempfile.TemporaryDirectory() as folder:
        for services, runs in ((1, RUNS), (57, RUNS), (250, 5), (1000, 3)):
            file = Path(folder) / f"{services}.yml"
            file.write_text(stack(services), encoding="utf-8")
            line(file, services, runs, peers)


def stack(services: int) -> str:
    """A Compose file of that many services, with an anchor that all of them use."""
    head = "x-logging: &logging\n  driver: json-file\n  options: {max-size: 10m, max-file: '3'}\n"
    head += "services:\n  s0:\n    image: postgres:17\n    healthcheck: {test: [CMD, /bin/true]}\n"
    body = "".join(
        SERVICE.format(number=n, image=IMAGES[n % len(IMAGES)], port=10000 + n)
        for n in range(1, services)
    )
    return head + body + "volumes:\n" + "".join(f"  v{n}:\n" for n in range(services))


def line(file: Path, services: int, runs: int, peers: list[str]) -> None:
    """Time every program on one file, in turn."""
    compose = [binary.locate(), "--file", str(file), "config"]
    programs = [[BATTEN, "check", "--file", str(file)], compose]
    programs += [[peer, str(file)] for peer in peers]
    times: list[list[float]] = [[] for _ in programs]
    for run in range(runs + 1):
        for taken, words in zip(times, programs, strict=True):
            took = seconds(words)
            if run:  # the first one fills caches
                taken.append(took)
    ours, theirs, *others = (statistics.median(taken) for taken in times)
    print(f"{services:>8}{ours:>9.3f}s{theirs:>9.3f}s{ours / theirs:>7.2f}", end="")
    print(f"{memory(file):>6.0f}MiB" + "".join(f"{taken:>13.3f}s" for taken in others))


def seconds(words: list[str]) -> float:
    """Wall time of a command; findings are no failure, which is exit 1."""
    began = time.perf_counter()
    code = subprocess.run(words, capture_output=True, check=False).returncode
    if code not in {0, 1}:
        sys.exit(f"`{' '.join(words)}` exits {code}")
    return time.perf_counter() - began


def memory(file: Path) -> float:
    """The most that Batten itself held, in MiB."""
    words = [sys.executable, "-c", MEMORY, "check", "--file", str(file)]
    return int(subprocess.run(words, capture_output=True, check=True).stdout) / 1024


if __name__ == "__main__":
    main()
