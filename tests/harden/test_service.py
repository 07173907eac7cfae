"""What a service gets, and what it keeps."""

from typing import Any

import pytest

from batten.model import Service

Folder = Any
MIB, GIB = 1 << 20, 1 << 30


def hardened(folder: Folder, text: str) -> Service:
    """The one service `a`, after hardening."""
    indented = "".join(f"    {line}\n" for line in text.strip().splitlines())
    folder.harden(f"services:\n  a:\n{indented}")
    found: Service = folder.merged().services["a"]
    return found


def test_an_unknown_image_gets_limits_and_nothing_risky(folder: Folder) -> None:
    """Nobody knows what it needs, so no right, file or check is changed."""
    one = hardened(folder, "image: example/thing:1")
    assert (GIB, GIB, 1.0, 512) == (
        one.memory_limit,
        one.memswap_limit,
        one.cpu_limit,
        one.process_limit,
    )
    assert one.deploy.restart_policy
    assert ("on-failure", 5) == (
        one.deploy.restart_policy.condition,
        one.deploy.restart_policy.max_attempts,
    )
    assert (None, (), (), False) == (one.healthcheck, one.cap_drop, one.security_opt, one.read_only)
    assert (None, None) == (one.command, one.stop_grace_period)


def test_what_the_base_says_is_kept(folder: Folder) -> None:
    """Limits, policy, check, logs and grace: all of them as they were."""
    one = hardened(
        folder,
        """
image: redis:7.2
command: redis-server --maxmemory 100mb --maxmemory-policy volatile-ttl
restart: unless-stopped
mem_limit: 300m
cpus: 0.3
pids_limit: 77
stop_grace_period: 7s
healthcheck: {test: redis-cli ping}
logging: {driver: journald}
""",
    )
    assert one.deploy.restart_policy is None
    assert (300 * MIB, 0.3, 77) == (one.mem_limit, one.cpus, one.pids_limit)
    assert 300 * MIB == one.memswap_limit
    assert (
        "redis-server",
        "--maxmemory",
        "100mb",
        "--maxmemory-policy",
        "volatile-ttl",
    ) == one.command
    assert one.healthcheck
    assert ("CMD-SHELL", "redis-cli ping") == one.healthcheck.test
    assert one.logging
    assert "journald" == one.logging.driver
    assert one.stop_grace_period
    assert 7.0 == float(one.stop_grace_period)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("", ["redis-server", "--maxmemory", "512mb"]),
        ("command: redis-server --save ''", ["redis-server", "--save", "", "--maxmemory", "576mb"]),
        (
            "command: [redis-server, --requirepass, '${PASSWORD:-a $$b}']",
            ["redis-server", "--requirepass", "a $b", "--maxmemory", "512mb"],
        ),
        ("command: --port 7000", ["--port", "7000", "--maxmemory", "512mb"]),
        ("command: sh -c 'redis-server --port 7000'", ["sh", "-c", "redis-server --port 7000"]),
        ("entrypoint: /own", []),
        (
            "command: >-\n  redis-server\n  --port 7000",
            ["redis-server", "--port", "7000", "--maxmemory"],
        ),
    ],
)
def test_flags_are_added_to_the_command_that_is_there(
    folder: Folder, command: str, expected: list[str]
) -> None:
    """In front stands what the base says, word by word; scripts and entrypoints are left alone."""
    one = hardened(folder, f"image: redis:7.2\n{command}")
    words = [word.replace("$$", "$") for word in one.command or ()]
    assert expected == words[: len(expected)]


def test_a_secret_is_never_copied(folder: Folder) -> None:
    """The command is repeated with its variables unread."""
    folder.harden(
        "services: {a: {image: 'redis:7', command: 'redis-server --requirepass ${HIDDEN:-x}'}}"
    )
    assert "--requirepass ${HIDDEN:-x}" in folder.overlay.read_text()


def test_a_limit_holds_what_the_settings_ask_for(folder: Folder) -> None:
    """Four gigabytes of buffers do not fit in the tier's two."""
    one = hardened(folder, "image: postgres:17\ncommand: postgres -c shared_buffers=4GB")
    assert one.memory_limit
    assert one.memory_limit >= 4 * GIB + 100 * 4 * MIB


def test_a_config_file_that_sets_it_is_believed(folder: Folder) -> None:
    """What stands in a mounted file is not said again; what does not, is."""
    (folder.path / "redis.conf").write_text("maxmemory 100mb\n")
    one = hardened(
        folder,
        "image: redis:7\ncommand: redis-server /redis.conf\nvolumes: ['./redis.conf:/redis.conf:ro']",
    )
    assert "--maxmemory" not in (one.command or ())


def test_a_database_without_a_volume_gets_one(folder: Folder) -> None:
    """Where its image keeps the data: one folder higher since version 18."""
    for tag, place in (("17", "/var/lib/postgresql/data"), ("18", "/var/lib/postgresql")):
        folder.overlay.unlink(missing_ok=True)
        one = hardened(folder, f"image: postgres:{tag}")
        assert [("a_data", place)] == [(mount.source, mount.target) for mount in one.volumes]


def test_a_database_port_moves_to_the_loopback(folder: Folder) -> None:
    """With the variable that it was published under."""
    one = hardened(folder, "image: postgres:17\nports: ['${DB_PORT:-6000}:5432']")
    assert [("127.0.0.1", "6000")] == [(port.host_ip, port.published) for port in one.ports]
    assert "127.0.0.1:${DB_PORT:-6000}:5432" in folder.overlay.read_text()


@pytest.mark.parametrize(
    ("policy", "condition"),
    [
        ("{max_attempts: 3}", "on-failure"),
        ("{condition: any, max_attempts: 3}", "on-failure"),
        ("{condition: any}", "any"),
        ("{condition: none}", "none"),
    ],
)
def test_only_a_policy_that_cannot_be_is_mended(
    folder: Folder, policy: str, condition: str
) -> None:
    """Without a condition there is no restart; `any` with a bound is refused by the engine."""
    one = hardened(folder, f"image: example/a:1\ndeploy: {{restart_policy: {policy}}}")
    assert one.deploy.restart_policy
    assert condition == one.deploy.restart_policy.condition


def test_a_pool_is_capped_at_what_the_database_accepts(folder: Folder) -> None:
    """Rather than the database being told to accept more."""
    folder.harden(
        """
services:
  db: {image: "postgres:17"}
  pool:
    image: edoburu/pgbouncer:v1.25.2-p0
    environment: {DB_HOST: db, DEFAULT_POOL_SIZE: "200"}
"""
    )
    assert "90" == folder.merged().services["pool"].environment["MAX_DB_CONNECTIONS"]


def test_every_figure_is_a_variable(folder: Folder) -> None:
    """A line in `.env` is enough on another host."""
    (folder.path / ".env").write_text("MY_DB_MEMORY_LIMIT=3G\nMY_DB_CPU_LIMIT=1.5\n")
    folder.harden("services: {my-db: {image: 'postgres:17'}}")
    one = folder.merged().services["my-db"]
    assert (3 * GIB, 3 * GIB, 1.5) == (one.memory_limit, one.memswap_limit, one.cpu_limit)


@pytest.mark.parametrize(
    ("accepted", "policy"),
    [
        ("", "noeviction"),
        ("    x-batten: {accept: {eviction-of-durable-data: sessions}}", "allkeys-lru"),
    ],
)
def test_an_accepted_eviction_is_followed(folder: Folder, accepted: str, policy: str) -> None:
    """What holds data refuses writes when it is full, unless its keys may go."""
    folder.harden(
        f"""
services:
  a:
    image: redis:7
    command: redis-server --appendonly yes
    volumes: ["d:/data"]
{accepted}
volumes: {{d: }}
"""
    )
    command = folder.merged().services["a"].command
    assert command
    assert policy == command[-1]


@pytest.mark.parametrize(
    ("variable", "policy"), [("CELERY_BROKER_URL", "noeviction"), ("CACHE_URL", "allkeys-lru")]
)
def test_a_queue_is_not_evicted(folder: Folder, variable: str, policy: str) -> None:
    """A cache may forget, but not the work that others have left in it."""
    folder.harden(
        "services:\n  store: {image: redis:7.2}\n"
        f"  worker: {{image: app:1, environment: {{{variable}: 'redis://store:6379/0'}}}}\n"
    )
    command = folder.merged().services["store"].command
    assert command
    assert ("--maxmemory-policy", policy) == command[-2:]


def test_a_raised_limit_has_room_for_the_shared_memory_too(folder: Folder) -> None:
    """The limit is made for what the overlay itself gives, not for what the base had."""
    one = hardened(
        folder,
        """
image: postgres:16
command: postgres -c shared_buffers=1GB -c work_mem=32MB -c max_connections=200
""",
    )
    assert one.shm_size
    assert one.memory_limit
    assert one.memory_limit >= (1 << 30) + 200 * 32 * MIB + one.shm_size
