"""What was acknowledged is there, whatever happens to the process or the disk."""

import json
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.loki.server.conftest import Server

GENEROUS = """\
limits_config:
  ingestion_rate_mb: 1000
  ingestion_burst_size_mb: 1000
  per_stream_rate_limit: 1GB
  per_stream_rate_limit_burst: 1GB
"""
ROUNDS = 4
SENDERS = 3


class Sender(threading.Thread):
    """Pushes lines that are all different, each push again until it is acknowledged."""

    def __init__(self, server: "Server", name: str) -> None:
        super().__init__()
        self.server = server
        self.labels = {"app": name}
        self.acknowledged: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        """Push until told to stop."""
        number = 0
        while not self.done.is_set():
            lines = [f"{self.labels['app']} {number + i} {'x' * 200}" for i in range(400)]
            entries = [(time.time_ns() + i, line) for i, line in enumerate(lines)]
            while self.server.push((self.labels, entries))[0] != 204:
                if self.done.is_set():
                    return
                time.sleep(0.02)
            self.acknowledged += lines
            number += len(lines)


def test_survives_being_killed(serve: Callable[..., "Server"]) -> None:
    """After SIGKILLs at random moments under load every acknowledged line is there, once."""
    server = serve(GENEROUS)
    senders = [Sender(server, f"app{i}") for i in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _ in range(ROUNDS):
        time.sleep(random.uniform(0.3, 1.2))  # noqa: S311 - any moment will do
        server.kill()
        server.start()
    time.sleep(0.5)
    for sender in senders:
        sender.done.set()
        sender.join()
    server.kill()
    found = Counter(entry.line for _, entry in server.stored())
    acknowledged = {line for sender in senders for line in sender.acknowledged}
    assert len(acknowledged) > 2000
    assert set() == acknowledged - set(found)
    assert {1} == set(found.values())


def test_stops_at_once_and_keeps_everything(server: "Server") -> None:
    """SIGTERM ends it with exit code 0 while pushes come in, and nothing acknowledged is lost."""
    sender = Sender(server, "app")
    sender.start()
    time.sleep(0.5)
    begin = time.monotonic()
    code = server.stop()
    took = time.monotonic() - begin
    sender.done.set()
    sender.join()
    assert 0 == code
    assert took < 5
    found = {entry.line for _, entry in server.stored()}
    assert set() == set(sender.acknowledged) - found


def test_starts_with_a_damaged_day(server: "Server") -> None:
    """A day file that cannot be read is put aside and named; everything else works."""
    now = time.time_ns()
    server.push(({"app": "a"}, [(now, "today")]))
    server.stop()
    damaged = server.data / "2020-01-01.duckdb"
    damaged.write_bytes(b"no database" * 1000)
    server.start()
    assert 204 == server.push(({"app": "a"}, [(now + 1, "more")]))[0]
    server.stop()
    assert ["today", "more"] == [entry.line for _, entry in server.stored()]
    assert not damaged.exists()
    assert 1 == len(list(server.data.glob("2020-01-01.duckdb.unreadable-*")))
    assert "cannot be read and was renamed" in server.errors()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 90 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=90m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_refuses_while_the_disk_is_full(serve: Callable[..., "Server"], small_disk: Path) -> None:
    """A full disk is a 503 that says so, and when there is room the same push is stored, once."""
    server = serve(GENEROUS, small_disk)
    now = time.time_ns()
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(30 << 20))
    entries = [(now + i, f"line {i}") for i in range(100)]
    status, answer = server.push(({"app": "a"}, entries))
    assert 503 == status
    assert "no space left" in answer
    ballast.unlink()
    assert 204 == server.push(({"app": "a"}, entries))[0]
    assert 204 == server.push(({"app": "a"}, entries))[0]
    server.stop()
    assert 100 == len(server.stored())


def test_reads_and_writes_at_once(server: "Server") -> None:
    """Eight senders and two that ask for metrics: every push is acknowledged and stored once."""
    now = time.time_ns()
    answers: list[int] = []

    def send(sender: int) -> None:
        for i in range(10):
            entries = [(now + i * 1000 + n, f"{sender} {i} {n}") for n in range(50)]
            answers.append(server.push(({"app": f"a{sender % 4}"}, entries))[0])

    def ask() -> None:
        answers.extend(server.get("/metrics")[0] for _ in range(20))

    threads = [threading.Thread(target=send, args=(i,)) for i in range(8)]
    threads += [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.stop()
    assert Counter({204: 80, 200: 40}) == Counter(answers)
    found = Counter(entry.line for _, entry in server.stored())
    assert (8 * 10 * 50, {1}) == (len(found), set(found.values()))


def test_health_says_whether_it_answers(server: "Server") -> None:
    """`-health` is 0 beside a server that is ready and 1 when it has gone; JSON is not needed."""
    ask = [sys.executable, "-m", "batten.loki", f"-config.file={server.config}", "-health"]
    assert 0 == subprocess.run(ask, check=False).returncode
    server.stop()
    done = subprocess.run(ask, check=False, capture_output=True, text=True)
    assert 1 == done.returncode
    assert "does not answer" in done.stderr
    assert json.dumps(server.url)[1:-1] in done.stderr
