"""What is asked of the server itself: who it is, how it is, and what it does not have."""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from batten.loki import __version__

if TYPE_CHECKING:
    from tests.loki.server.conftest import Server


def test_says_what_it_is(server: "Server") -> None:
    """It calls itself `batten-loki` where Loki says its version, and in what it does not have."""
    status, answer = server.get("/loki/api/v1/status/buildinfo")
    assert (200, True) == (status, f'"version":"batten-loki-{__version__}"' in answer)
    status, answer = server.get("/loki/api/v1/no/such/thing")
    assert (404, True) == (status, "`batten-loki` has no `/loki/api/v1/no/such/thing`" in answer)
    done = subprocess.run(
        [sys.executable, "-m", "batten.loki", "-version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"batten-loki, version {__version__}\n" == done.stdout


def test_tells_prometheus(server: "Server") -> None:
    """Lines, bytes and refusals are counted under the names that Loki has for them."""
    now = time.time_ns()
    server.push(({"app": "a"}, [(now, "four"), (now, "four"), (now + 1, "x" * 300_000)]))
    _, text = server.get("/metrics")
    for line in (
        'loki_distributor_lines_received_total{tenant="fake"} 3.0',
        'loki_distributor_bytes_received_total{tenant="fake"} 300008.0',
        'loki_discarded_samples_total{reason="line_too_long",tenant="fake"} 1.0',
        'loki_ingester_memory_streams{tenant="fake"} 1.0',
        'loki_request_duration_seconds_count{method="POST",route="loki_api_v1_push",status_code="400"} 1.0',
        f'loki_build_info{{version="batten-loki-{__version__}"}} 1.0',
        "batten_loki_stored_lines_total 1.0",
        "batten_loki_store_lines 1.0",
        "batten_loki_store_streams 1.0",
    ):
        assert f"\n{line}\n" in text, line
    assert "batten_loki_store_bytes " in text


def test_says_what_it_ignores(serve: Callable[..., "Server"]) -> None:
    """A setting of Loki's without meaning here is named once, and a wrong one is no traceback."""
    server = serve("querier: {engine: {max_look_back_period: 30s}}")
    assert (
        "settings that have no meaning here: querier.engine.max_look_back_period" in server.errors()
    )
    server.stop()
    server.config.write_text("auth_enabled: true", encoding="utf-8")
    command = [sys.executable, "-m", "batten.loki", f"-config.file={server.config}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (1, True) == (done.returncode, done.stderr.startswith("error: `auth_enabled: true`"))
