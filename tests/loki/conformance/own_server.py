"""A server of our own for tests, in a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCES = Path(__file__).parents[3] / "src"
PATIENCE_S = 30


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a `batten-loki` that keeps its data in `folder`, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "loki.yaml"
    config.write_text(
        "auth_enabled: false\n"
        f"server: {{http_listen_address: 127.0.0.1, http_listen_port: {port}, log_level: error}}\n"
        f"common: {{path_prefix: {folder / 'data'}}}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "batten.loki", f"-config.file={config}"],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/ready", timeout=1):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server at {url} did not become ready")
