"""Settings against limits: what is sure, what may be, and what nobody can know."""

from collections.abc import Callable

import pytest

from batten.check import Selection, Stack, examine

MakeStack = Callable[..., Stack]


def rules(stack: Stack, group: str = "sizing") -> list[str]:
    """The rules of a group that have something to say."""
    return [found.rule for found in examine(stack, Selection(groups=(group,))).findings]


@pytest.mark.parametrize(
    ("image", "command", "limit", "said"),
    [
        ("redis:7", "redis-server --maxmemory 512mb", "768m", []),
        ("redis:7", "redis-server --maxmemory 600mb", "768m", ["settings-close-to-memory-limit"]),
        ("redis:7", "redis-server --maxmemory 768mb", "768m", ["settings-above-memory-limit"]),
        ("redis:7", "redis-server --maxmemory 2gb", "768m", ["settings-above-memory-limit"]),
        ("redis:7", "redis-server --maxmemory 600mb --save ''", "768m", []),
        ("redis:7", "redis-server", "768m", ["no-maxmemory"]),
        ("redis:7", "redis-server /etc/redis.conf", "768m", []),
        ("redis:7", "redis-server /r.conf --maxmemory 1gb", "1g", ["settings-above-memory-limit"]),
        ("postgres:17", "postgres", "640m", []),
        ("postgres:17", "postgres", "512m", []),
        ("postgres:17", "postgres -c max_connections=900", "2g", ["work-mem-above-memory-limit"]),
        ("postgres:17", "postgres", "128m", ["settings-above-memory-limit"]),
        ("postgres:17", "postgres -c config_file=/c/postgresql.conf", "128m", []),
        ("postgres:17", "postgres -c work_mem=64MB", "2g", ["work-mem-above-memory-limit"]),
        ("postgres:17", "postgres -c shared_buffers=2GB", "2g", ["settings-above-memory-limit"]),
        ("mysql:8.4", "mysqld --innodb-buffer-pool-size=1G", "2g", []),
        ("mysql:8.4", "mysqld --innodb-buffer-pool-size=4G", "2g", ["settings-above-memory-limit"]),
        ("acme/app:1", "java -Xmx700m -jar a.jar", "1g", []),
        ("acme/app:1", "java -Xmx2g -jar a.jar", "1g", ["settings-above-memory-limit"]),
        ("grafana/loki:3.7.8", "-config.file=/x", "1g", ["no-gomemlimit"]),
        ("caddy:2.11", "caddy run", "512m", []),
        ("caddy:2.9", "caddy run", "512m", ["no-gomemlimit"]),
    ],
)
def test_one_defect_has_one_name(
    stack: MakeStack, image: str, command: str, limit: str, said: list[str]
) -> None:
    """A setting is above the limit or close to it, never both; a file's settings are unknown."""
    text = (
        f"services:\n  one:\n    image: {image}\n    command: {command}\n    mem_limit: {limit}\n"
    )
    assert said == rules(stack(text))


def test_no_limit_is_nothing_to_compare_with(stack: MakeStack) -> None:
    """`no-memory-limit` says that, and says it alone."""
    made = stack("services: {one: {image: 'redis:7', command: redis-server --maxmemory 64gb}}")
    assert [] == rules(made)


def test_the_place_is_in_the_command_that_counts(stack: MakeStack) -> None:
    """An overlay's command replaces the base's, though the base's has the same words."""
    base = "services:\n  one:\n    image: redis:7\n    command:\n      - --maxmemory\n      - 9gb\n"
    overlay = "services:\n  one:\n    mem_limit: 1g\n    command: redis-server --maxmemory 2gb\n"
    found = examine(stack(base, overlay), Selection(only=("settings-above-memory-limit",))).findings
    assert [("1.yml", 4)] == [
        (one.at.file.name, one.at.line) for one in found if one.at is not None
    ]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("CELERY_BROKER_URL", "redis://store:6379/0", ["eviction-of-durable-data"]),
        ("CELERY_BROKER_URL", "redis://:secret@store/0", ["eviction-of-durable-data"]),
        ("QUEUE_REDIS_HOST", "store", ["eviction-of-durable-data"]),
        ("CELERY_BROKER_URL", "redis://restore:6379/0", []),
        ("CELERY_BROKER_URL", "amqp://rabbit:5672", []),
        ("CACHE_URL", "redis://store:6379/0", []),
    ],
)
def test_a_queue_is_durable_data(
    stack: MakeStack, variable: str, value: str, said: list[str]
) -> None:
    """The one who queues says so by the name of its variable."""
    made = stack(f"""
      services:
        store: {{image: 'redis:7', command: redis-server --maxmemory-policy allkeys-lru}}
        worker: {{image: 'acme/worker:1', environment: {{{variable}: '{value}'}}}}
    """)
    assert said == rules(made)
