"""Whatever a file says, `batten check` answers in words and with 0, 1 or 2.

Some hundreds of files in the ordinary run, thousands with `BATTEN_SLOW_TESTS=1`.
"""

import contextlib
import io
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from batten.check import Stack, examine
from batten.check.accept import acceptances
from batten.cli.main import main
from batten.compose import Sources
from batten.compose.diagnose import refusal
from batten.compose.reading import _decode
from batten.errors import BattenError
from batten.model import Host

SLOW = bool(os.environ.get("BATTEN_SLOW_TESTS"))
# The ordinary run is the same each time; the slow one looks elsewhere each time.
PROFILE = settings(deadline=None, database=None, derandomize=not SLOW)

GOOD = (Path(__file__).parents[2] / "examples" / "overlays" / "docker-compose.yml").read_text(
    "utf-8"
)
SMALL = """\
x-log: &log {driver: json-file, options: {max-size: 10m}}
x-batten: {accept: {privileged-container: why not}}
services:
  db: &db
    image: postgres:17 # batten: accept database-without-volume: a test
    command: ["postgres", "-c", "shared_buffers=128MB"]
    environment:
      POSTGRES_PASSWORD: ${PW:-development}
    volumes: [data:/var/lib/postgresql/data]
    deploy: {resources: {limits: {memory: 512M, cpus: "0.5"}}, restart_policy: {condition: any}}
    logging: *log
  web:
    <<: *db
    image: example/web
    depends_on: {db: {condition: service_healthy}}
    healthcheck: {test: [CMD, curl, localhost], interval: 5s}
    ports: ["80:80"]
volumes: {data: {}}
"""
PIECES = (
    "\t", "  ", ":", "- ", "&a ", "*a", "<<: *db", "!reset null", "!override", "{", "}", "[", "]", '"',
    "'", "#", "|", ">-", "%", "@", "`", "? ", "---", "...", "null", "~", "0x1F", "1e400", "-1", "12:30",
    "2026-11-23", "${", "${A:?}", "${A:-${B}}", "$", "$$", "\u0000", "\ud7ff", "\U0001f600", "\r\n", "yes",
    "# batten: accept", "# batten: accept x: y", "x-batten: [1]", "extends: db", "include: [x.yml]",
    "services:", "profiles: [a]",
)  # fmt: skip
KEYS = (
    "image", "build", "command", "entrypoint", "environment", "ports", "volumes", "depends_on", "deploy",
    "healthcheck", "logging", "restart", "labels", "cpus", "mem_limit", "memswap_limit", "shm_size",
    "cap_add", "security_opt", "user", "pid", "ipc", "network_mode", "tmpfs", "scale", "extends",
    "x-batten", "expose", "pids_limit", "sysctls", "env_file", "secrets", "stop_grace_period",
)  # fmt: skip
WORDS = (
    "", "0", "-1", "1", "512m", "1g", "5s", "true", "no", "always", "on-failure:3", "host", "postgres:17", "a/b@c",
    "redis", ":", "@", "80:80", "1-2:3-4", "./a:/b:ro", "/var/run/docker.sock:/x", "KEY=value", "PASSWORD=x",
    "--requirepass", "postgres://a:b@c/d", "-c", "sh", "$$X", "any", "db", "s0", "json-file", "root", "ALL",
    "/var/lib/postgresql/data", "max-size", "loki", "CMD", "NONE", "curl -f http://x", "'", "{", "..",
)  # fmt: skip
words = st.sampled_from(WORDS) | st.text(max_size=8)
scalars = words | st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words | st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=8,
)
services = st.dictionaries(st.sampled_from(KEYS), values, max_size=6)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good file with some pieces dropped, doubled, moved or put in."""
    text = draw(st.sampled_from((SMALL, GOOD)))
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 12))
        piece = draw(st.sampled_from(PIECES) | st.just(text[at : at + length] * 2))
        text = text[:at] + piece + text[at + draw(st.sampled_from((0, 0, length))) :]
    return text


@st.composite
def shaped(draw: st.DrawFn) -> str:
    """Services of known keys with unlikely values."""
    given_services = draw(
        st.dictionaries(st.sampled_from(("db", "s0", "a.b")), services, max_size=3)
    )
    top = {"services": given_services} | draw(st.dictionaries(words, values, max_size=2))
    return yaml.safe_dump(top, allow_unicode=draw(st.booleans()))


broken = st.one_of(mutated(), mutated(), shaped(), st.text(max_size=60))
_numbers = itertools.count()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where the files lie."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def written(folder: Path, content: str | bytes) -> Path:
    """A new file each time: what was read of a file is kept."""
    file = folder / f"{next(_numbers)}.yml"
    raw = content if isinstance(content, bytes) else content.encode("utf-8", errors="replace")
    file.write_bytes(raw)
    return file


def answer(*arguments: str) -> tuple[int, str]:
    """Exit code and standard error of the program itself."""
    errors = io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["batten", "check", *arguments]),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(errors),
        pytest.raises(SystemExit) as left,
    ):
        main()
    assert isinstance(left.value.code, int)
    return left.value.code, errors.getvalue()


@settings(PROFILE, max_examples=1500 if SLOW else 60)
@given(content=broken)
def test_a_broken_file_is_answered(folder: Path, content: str) -> None:
    """Through Compose and the command line: 0, 1 or 2, never a failure of Batten's own."""
    code, errors = answer("--file", str(written(folder, content)), "--host", "2cpu,4g")
    assert code in {0, 1, 2}
    assert "Traceback" not in errors
    assert "Batten itself failed" not in errors, errors
    assert (code == 2) == bool(errors)


@settings(PROFILE, max_examples=300 if SLOW else 15)
@given(
    base=st.just(SMALL), overlay=broken, form=st.sampled_from(("json", "sarif", "junit", "github"))
)
def test_a_broken_overlay_is_answered(folder: Path, base: str, overlay: str, form: str) -> None:
    """Two files that do not fit each other, in each of the formats."""
    files = [str(written(folder, text)) for text in (base, overlay)]
    code, errors = answer("--file", files[0], "--file", files[1], "--format", form)
    assert code in {0, 1, 2}
    assert "Batten itself failed" not in errors, errors


@settings(PROFILE, max_examples=6000 if SLOW else 300)
@given(content=broken | st.binary(max_size=60))
def test_places_are_looked_up_in_anything(folder: Path, content: str | bytes) -> None:
    """The reader of lines and columns never fails, nor does what explains Compose's refusals."""
    sources = Sources([written(folder, content)])
    sources.nearest(("services", "db", "deploy", "resources"))
    for path in (("services",), ("services", "db", "environment"), ("services", "web", "ports")):
        list(sources.entries(path))
        list(sources.versions((*path, "POSTGRES_PASSWORD")))
    list(acceptances(sources, ["db", "web", "s0"]))
    sources.broken()
    for said in (
        "services.db.ports.0 must be",
        'service "db" depends on undefined service x',
        "yaml: x",
    ):
        assert isinstance(refusal(said, sources), BattenError)


NORMAL: dict[str, st.SearchStrategy[Any]] = {
    "image": words,
    "command": st.none() | st.lists(words, max_size=4),
    "entrypoint": st.none() | st.lists(words, max_size=2),
    "environment": st.dictionaries(words, st.none() | words, max_size=3),
    "volumes": st.lists(
        st.fixed_dictionaries(
            {"type": st.sampled_from(("volume", "bind", "tmpfs")), "target": words},
            optional={"source": words},
        ),
        max_size=3,
    ),
    "ports": st.lists(
        st.fixed_dictionaries({"target": st.integers(0, 65535)}, optional={"published": words}),
        max_size=2,
    ),
    "healthcheck": st.fixed_dictionaries(
        {}, optional={"test": st.none() | st.lists(words, max_size=3), "retries": st.integers(0, 9)}
    ),
    "logging": st.fixed_dictionaries(
        {}, optional={"driver": words, "options": st.none() | st.dictionaries(words, words, max_size=2)}
    ),
    "deploy": st.fixed_dictionaries(
        {},
        optional={
            "replicas": st.integers(0, 3),
            "resources": st.just({"limits": {"memory": "1048576", "cpus": 0.01, "pids": 1}}),
            "restart_policy": st.just({"condition": "any", "max_attempts": 3}) | st.just({}),
        },
    ),
    "mem_limit": st.integers(0, 2**40).map(str),
    "user": words,
    "restart": words,
    "cap_add": st.lists(words, max_size=2),
    "tmpfs": st.lists(words, max_size=2),
    "network_mode": words,
    "build": st.fixed_dictionaries({"context": words}, optional={"dockerfile_inline": words}),
}  # fmt: skip


@settings(PROFILE, max_examples=5000 if SLOW else 200)
@given(
    found=st.dictionaries(
        st.sampled_from(("db", "redis", "s0")),
        st.fixed_dictionaries({}, optional=NORMAL),
        min_size=1,
        max_size=3,
    ),
    content=shaped(),
)
def test_every_rule_survives_what_compose_may_print(
    folder: Path, found: dict[str, Any], content: str
) -> None:
    """Also where the file says something else than the stack, as with `extends` and `include`."""
    merged = json.dumps({"name": "demo", "services": found}).encode()
    with contextlib.suppress(BattenError):
        stack = _decode(merged)
        examine(Stack(stack, Sources([written(folder, content)]), Host(2, 4 << 30)))
