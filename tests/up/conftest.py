"""A machine to start stacks on, described rather than real."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from batten.engine import Host

MakeHost = Callable[..., Host]


@pytest.fixture
def make_host(tmp_path: Path) -> MakeHost:
    """A host of 2 cores and 8 GiB; name what differs."""
    usual = Host(
        name="here",
        engine_version="20.10.24",
        api_version="1.41",
        cores=2,
        memory=8 << 30,
        root_dir=tmp_path,
        log_drivers=("json-file", "local"),
        cgroup_version=2,
        architecture="x86_64",
        local=True,
        swarm=False,
    )

    def make(**changes: Any) -> Host:  # noqa: ANN401  # any field
        return msgspec.structs.replace(usual, **changes)

    return make


BATTEN = Path(sys.executable).with_name("batten")
NAME = "batten-test-up"
SERVICE = "image: {image}, labels: {{dev.batten.test: '1'}}, init: true"

Batten = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a `batten` that keeps its state in the test's folder."""
    return os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.fixture
def batten(tmp_path: Path, environment: dict[str, str]) -> Iterator[Batten]:
    """Run `batten` in a folder of its own; what it started is gone afterwards."""

    def run(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [BATTEN, *words],
            cwd=tmp_path,
            env=environment | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    yield run
    run("down", "-p", NAME, "--volumes", "--yes")


@pytest.fixture
def write(tmp_path: Path, tiny_image: str) -> Callable[[str], Path]:
    """Write a Compose file; `TINY` in it becomes the start of a service of the tiny image."""

    def put(services: str, name: str = "compose.yml") -> Path:
        text = services.replace("TINY", SERVICE.format(image=tiny_image))
        file = tmp_path / name
        file.write_text(
            f"name: {NAME}\nnetworks: {{default: {{labels: [dev.batten.test=1]}}}}\n{text}"
        )
        return file

    return put
