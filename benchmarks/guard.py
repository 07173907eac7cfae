"""What the guard costs: memory and CPU time beside 20 services, idle and while one of them flaps.

Run it with `python benchmarks/guard.py [SECONDS]`; it needs an engine, and root to read what a
container uses. CPU is counted in seconds of work, which does not depend on what else the machine
does, and shown as a share of one core.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import docker

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from conftest import tiny_tar

PROJECT = "batten-bench-guard"
IMAGE = "batten-bench/tiny:latest"
SERVICES = 20
PORT = 9478
# As often as Prometheus asks.
SCRAPE_S = 15
TICKS = os.sysconf("SC_CLK_TCK")
RUN = "from batten.cli.entry import main; main()"


def main() -> None:
    """Twenty healthy services, then a flapping one beside them."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    engine = docker.APIClient(version="auto")
    engine.import_image_from_data(tiny_tar().getvalue(), repository=IMAGE.partition(":")[0])
    made = [start(engine, f"s{n}", "exec sleep 3600") for n in range(SERVICES)]
    print(f"{'':<30}{'memory':>10}{'CPU of a core':>16}")
    try:
        with tempfile.TemporaryDirectory() as folder:
            guard = launch(folder)
            try:
                measure(f"{SERVICES} healthy services", guard.pid, seconds)
                made.append(start(engine, "flaps", "sleep 0.1; exit 1"))
                measure("and one that flaps each second", guard.pid, seconds)
            finally:
                guard.terminate()
                guard.wait()
    finally:
        for container in made:
            engine.remove_container(container, force=True)
        engine.remove_image(IMAGE, force=True)


def start(engine: docker.APIClient, name: str, command: str) -> str:
    """A container as Compose would start it, probed every 5 s, limited to 32 MB and half a core."""
    labels = {
        "com.docker.compose.project": PROJECT,
        "com.docker.compose.service": name,
        "com.docker.compose.depends_on": "s0:service_healthy:false" if name != "s0" else "",
        "dev.batten.restart": "on-failure delay=1s window=120s",
    }
    host = engine.create_host_config(mem_limit="32m", nano_cpus=500_000_000)
    probe = {"test": ["CMD", "sh", "-c", "exit 0"], "interval": 5 * 10**9}
    made: str = engine.create_container(
        IMAGE, ["sh", "-c", command], labels=labels, host_config=host, healthcheck=probe
    )["Id"]
    engine.start(made)
    return made


def launch(folder: str) -> "subprocess.Popen[bytes]":
    """The guard as its container runs it."""
    words = ["guard", "-p", PROJECT, "--listen", f"127.0.0.1:{PORT}", "--state", folder]
    guard = subprocess.Popen([sys.executable, "-c", RUN, *words], stderr=subprocess.DEVNULL)
    time.sleep(5)
    return guard


def measure(what: str, pid: int, seconds: int) -> None:
    """Scrape it as Prometheus does for a while, and print what it took."""
    before = cpu(pid)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics").read()
        time.sleep(min(SCRAPE_S, max(0.0, ends - time.monotonic())))
    share = (cpu(pid) - before) / seconds
    print(f"{what:<30}{peak(pid):>7.1f} MB{share:>15.2%}")


def cpu(pid: int) -> float:
    """Seconds of work so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak(pid: int) -> float:
    """The most memory it has held, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main()
