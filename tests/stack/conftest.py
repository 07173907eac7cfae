"""The reference stack, running on a real engine beside whatever else runs there."""

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from batten.engine import Engine

DOCKER = Path(__file__).parents[2] / "docker"
BATTEN = Path(sys.executable).with_name("batten")
NAME = "batten-test"
PORTS = (
    "POSTGRES_PORT",
    "PGBOUNCER_PORT",
    "REDIS_PORT",
    "S3_PORT",
    "S3_CONSOLE_PORT",
    "HTTP_PORT",
    "HTTPS_PORT",
    "PROMETHEUS_PORT",
    "GRAFANA_PORT",
    "LOKI_PORT",
)
PASSWORDS = ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "MINIO_ROOT_PASSWORD", "GRAFANA_ADMIN_PASSWORD")


class RunningStack(msgspec.Struct, frozen=True):
    """How the stack under test is reached; `up` and `down` are `batten`'s own."""

    env_file: Path
    variables: dict[str, str]

    def batten(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run `batten` on it, from the folder of its files."""
        verb, *rest = words
        return subprocess.run(
            [BATTEN, verb, "-p", NAME, *rest],
            cwd=DOCKER,
            env=os.environ | {"PATH": os.environ.get("PATH", "")},
            capture_output=True,
            text=True,
            check=check,
        )

    def up(self) -> dict[str, Any]:
        """Start it with images built here; returns the status that `up` prints."""
        files = ["-f", "docker-compose.yml", "-f", "compose.prod.yaml"]
        done = self.batten(
            *("up", *files, "--env-file", str(self.env_file)),
            *("--images", "embedded", "--install-driver", "--format", "json"),
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def driver(self) -> dict[str, Any]:
        """What the log driver says of the stack's containers."""
        found: dict[str, Any] = json.loads(
            subprocess.check_output(
                [BATTEN, "logs", "status", "-p", NAME, "--format", "json"], text=True
            )
        )
        return found

    def port(self, name: str) -> int:
        """The host port that a variable moved it to."""
        return int(self.variables[f"{name}_PORT"])

    def container(self, service: str) -> str:
        """The name of a service's container."""
        return f"{NAME}-{service}-1"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The hardened reference stack, healthy; its containers and volumes are gone afterwards."""
    variables = {port: str(_free_port()) for port in PORTS}
    variables |= {password: secrets.token_hex(24) for password in PASSWORDS}
    env_file = tmp_path_factory.mktemp("stack") / ".env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    running = RunningStack(env_file, variables)
    with Engine.connect() as engine:
        had_driver = engine.plugin("loki") is not None
    running.batten("down", "--volumes", "--yes", check=False)
    try:
        running.up()
        yield running
    finally:
        running.batten("down", "--volumes", "--yes", check=False)
        if not had_driver:
            subprocess.run([BATTEN, "logs", "uninstall", "--purge"], check=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
