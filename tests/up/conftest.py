"""A machine to start stacks on, described rather than real."""

from collections.abc import Callable
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
