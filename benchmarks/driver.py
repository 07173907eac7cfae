"""What the log driver takes and costs, beside `json-file` in the same engine and run.

    make bench-driver
    .venv/bin/python benchmarks/driver.py --driver loki --driver grafana-loki

Each driver must be installed. All of them log the same flood in turn (A B A B …), so that a machine
that gets slower slows all; figures are medians, ratios are to `json-file`. Where lines go is a
stand-in for Loki that stores them and says 204: what is measured is the driver.

    lines/s     of a container that writes a flood as fast as it can, until its last write returned
    CPU         seconds of all the driver's processes for a million lines, until all are delivered
    lost …      what the stand-in has, beside what was written
    worst       the longest write at 2,000 lines/s while Loki is away for 10 of 20 seconds
    stop        `docker stop` of a container that floods while Loki is away
    memory      resident, of all the driver's processes, while 20 containers log
"""

import argparse
import contextlib
import importlib.util
import io
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import docker

ROOT = Path(__file__).parents[1]
RECORDER = ROOT / "tests" / "driver" / "plugin" / "recorder.py"
IMAGE = "batten/python:3.11"
LABEL = {"dev.batten.bench": "1"}
REFERENCE = "json-file"
RATE, SECONDS, AWAY = 2000, 20, (5, 15)
CONTAINERS = 20

# Both tell on their standard error, which the benchmark reads from a file.
FLOOD = """\
import os, time
out = memoryview(b"".join(b"%09d %s\\n" % (i, b"x" * 109) for i in range({count})))
began, at = time.perf_counter(), 0
while at < len(out):
    at += os.write(1, out[at:at + 65536])
open("/told/seconds", "w").write(str(time.perf_counter() - began))
"""
STEADY = """\
import os, time
worst, began = 0.0, time.perf_counter()
for i in range({rate} * {seconds}):
    time.sleep(max(0.0, began + i / {rate} - time.perf_counter()))
    before = time.perf_counter()
    os.write(1, b"%09d %s\\n" % (i, b"x" * 109))
    worst = max(worst, time.perf_counter() - before)
open("/told/seconds", "w").write(str(worst))
"""


class Flood(NamedTuple):
    """One flood: accepted lines/s, CPU-s per million lines, and what became of the lines."""

    rate: float
    cpu: float = 0
    lost: int = 0
    doubled: int = 0
    ordered: bool = True


class Outage(NamedTuple):
    """Seconds of the worst write and of `docker stop`, and the lines lost, while Loki was away."""

    worst: float
    stop: float
    lost: int = 0


class Bench:
    """The engine, the stand-in, and one container at a time."""

    def __init__(self, count: int, folder: Path) -> None:
        self.api = docker.APIClient(version="auto", timeout=300)
        self.count = count
        self.folder = folder
        self.file = folder / "pushed"
        self.recorder: subprocess.Popen[bytes] | None = None
        self._module = _load(RECORDER)

    def flood(self, driver: str) -> Flood:
        """A container that writes as fast as it can, then exits."""
        with self.loki(), self.container(driver, FLOOD.format(count=self.count)) as container:
            before = cpu_seconds(self.plugin(driver))
            self.api.start(container)
            self.api.wait(container)
            rate = self.count / self.told()
            if driver == REFERENCE:
                return Flood(rate)
            self.settle()
            cpu = (cpu_seconds(self.plugin(driver)) - before) / self.count * 1e6
            return Flood(rate, cpu, *self.fate(self.count))

    def outage(self, driver: str) -> Outage:
        """A container that writes steadily, and Loki away in the middle of it."""
        script = STEADY.format(rate=RATE, seconds=SECONDS)
        with self.loki(), self.container(driver, script) as container:
            self.api.start(container)
            threading.Timer(AWAY[0], self.away).start()
            threading.Timer(AWAY[1], self.back).start()
            self.api.wait(container)
            worst = self.told()
            lost = 0
            if driver != REFERENCE:
                self.settle()
                lost = self.fate(RATE * SECONDS)[0]
        return Outage(worst, self.stop(driver), lost)

    def stop(self, driver: str) -> float:
        """How long `docker stop` takes while Loki is away and the container floods."""
        script = "import os\nwhile True: os.write(1, b'x' * 119 + b'\\n')"
        with self.container(driver, script) as container:
            self.api.start(container)
            time.sleep(3)
            began = time.perf_counter()
            # It ends at SIGKILL: the driver's share is what comes on top.
            stopping = threading.Thread(target=self.api.stop, args=(container, 0), daemon=True)
            stopping.start()
            stopping.join(60)
            taken = time.perf_counter() - began
            self.back()
            stopping.join(60)
        self.away()
        return taken

    def memory(self, driver: str) -> float:
        """MiB that its processes hold while 20 containers log 100 lines/s each."""
        script = "import time\nfor i in range(1000): print('x' * 119, flush=True); time.sleep(0.01)"
        with self.loki(), contextlib.ExitStack() as stack:
            containers = [
                stack.enter_context(self.container(driver, script, f"-{number}"))
                for number in range(CONTAINERS)
            ]
            for container in containers:
                self.api.start(container)
            time.sleep(8)
            return sum(map(resident, processes(self.plugin(driver)))) / 1024

    @contextlib.contextmanager
    def container(self, driver: str, script: str, suffix: str = "") -> Iterator[str]:
        """One that runs a Python script; removed when the block ends."""
        options = (
            {} if driver == REFERENCE else {"loki-url": "http://127.0.0.1:3199/loki/api/v1/push"}
        )
        host = self.api.create_host_config(
            binds=[f"{self.folder}:/told"], log_config={"type": driver, "config": options}
        )
        words = ["python3", "-c", script]
        name = f"batten-bench-driver{suffix}"
        made = self.api.create_container(IMAGE, words, name=name, labels=LABEL, host_config=host)
        try:
            yield made["Id"]
        finally:
            self.api.remove_container(made["Id"], force=True)

    @contextlib.contextmanager
    def loki(self) -> Iterator[None]:
        """The stand-in, empty."""
        self.file.unlink(missing_ok=True)
        self.back()
        try:
            yield
        finally:
            self.away()

    def back(self) -> None:
        """It answers."""
        if self.recorder is None:
            self.recorder = subprocess.Popen([sys.executable, RECORDER, "3199", self.file])
            time.sleep(0.5)

    def away(self) -> None:
        """Connections to it are refused."""
        if self.recorder:
            self.recorder.send_signal(signal.SIGKILL)
            self.recorder.wait()
            self.recorder = None

    def settle(self) -> None:
        """Wait until nothing more arrives."""
        size, since = -1, time.monotonic()
        while time.monotonic() - since < 6:
            now = self.file.stat().st_size if self.file.exists() else 0
            if now != size:
                size, since = now, time.monotonic()
            time.sleep(0.2)

    def fate(self, count: int) -> tuple[int, int, bool]:
        """Lines lost, lines doubled, and whether they came in order."""
        numbers = [int(one.line[:9]) for one in self._module.pushed(self.file)]
        seen = Counter(numbers)
        return count - len(seen), len(numbers) - len(seen), numbers == sorted(numbers)

    def told(self) -> float:
        """What the container's script measured."""
        return float((self.folder / "seconds").read_text(encoding="utf-8"))

    def plugin(self, driver: str) -> str:
        """The id of the plugin of that name, empty for a driver of the engine itself."""
        if driver == REFERENCE:
            return ""
        found: dict[str, Any] = self.api.inspect_plugin(driver)  # type: ignore[no-untyped-call]
        return str(found["Id"])


def _load(path: Path) -> Any:  # noqa: ANN401  # a module
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec  # noqa: S101
    assert spec.loader  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def processes(plugin: str) -> list[Path]:
    """The folders in /proc of a plugin's processes, found by their control group."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if plugin and folder.name.isdigit() and plugin in (folder / "cgroup").read_text():
                found.append(folder)
    return found


def cpu_seconds(plugin: str) -> float:
    """CPU-seconds of a plugin's control group, ended processes too."""
    for folder in processes(plugin):
        for line in (folder / "cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if "cpuacct" in controllers:
                usage = Path(f"/sys/fs/cgroup/cpuacct{path}/cpuacct.usage").read_text()
                return int(usage) / 1e9
            if not controllers and (file := Path(f"/sys/fs/cgroup{path}/cpu.stat")).exists():
                return int(file.read_text().split()[1]) / 1e6
    return 0


def resident(process: Path) -> int:
    """KiB."""
    lines = io.StringIO((process / "status").read_text())
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def table(drivers: list[str], floods: dict[str, list[Flood]], rest: dict[str, Any]) -> None:
    """Print one line for each driver."""
    base = statistics.median(one.rate for one in floods[REFERENCE])
    print(
        f"{'driver':16}{'lines/s':>10}{'ratio':>7}{'CPU-s/M':>9}{'lost':>7}{'doubled':>9}{'order':>7}"
        f"{'worst':>10}{'stop':>8}{'lost':>8}{'memory':>9}"
    )
    for driver in drivers:
        middle: Callable[[str], float] = lambda name, of=floods[driver]: statistics.median(  # noqa: E731
            getattr(one, name) for one in of
        )
        line = f"{driver:16}{middle('rate'):>10,.0f}{middle('rate') / base:>7.2f}"
        worst = rest[driver][0]
        if driver != REFERENCE:
            all_ordered = all(one.ordered for one in floods[driver])
            line += f"{middle('cpu'):>9.2f}{max(one.lost for one in floods[driver]):>7}"
            line += f"{max(one.doubled for one in floods[driver]):>9}{'yes' if all_ordered else 'no':>7}"
        else:
            line += " " * 32
        line += f"{worst.worst * 1000:>7.1f} ms{worst.stop:>6.1f} s"
        print(line + ("" if driver == REFERENCE else f"{worst.lost:>8}{rest[driver][1]:>5.0f} MiB"))


def main() -> None:
    """Measure every driver that was named, and `json-file`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--driver", action="append", help="an installed log driver (loki)")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only-flood", action="store_true", help="leave out outage and memory")
    given = parser.parse_args()
    drivers = [REFERENCE, *(given.driver or ["loki"])]
    floods: dict[str, list[Flood]] = {driver: [] for driver in drivers}
    rest: dict[str, Any] = {driver: (Outage(0, 0), 0) for driver in drivers}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(given.lines, Path(folder))
        for _ in range(given.runs):
            for driver in drivers:
                floods[driver].append(bench.flood(driver))
                print(json.dumps([driver, floods[driver][-1]]), file=sys.stderr)
        if not given.only_flood:
            for driver in drivers:
                rest[driver] = (
                    bench.outage(driver),
                    0 if driver == REFERENCE else bench.memory(driver),
                )
    table(drivers, floods, rest)


if __name__ == "__main__":
    main()
