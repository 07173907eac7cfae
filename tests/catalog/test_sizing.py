"""What a process may use is read from its own settings."""

import shlex

import pytest

from batten.catalog import identify, software
from batten.model import Mount, Service

MB, GB = 1 << 20, 1 << 30


def service(image: str, command: str = "", **more: object) -> Service:
    """A service with a command as one would type it."""
    words = tuple(shlex.split(command)) or None
    return Service("x", image=image, command=words, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "amount"),
    [
        (service("postgres:17"), 128 * MB + 100 * 4 * MB + 64 * MB),
        (service("postgres:17", "-c shared_buffers=1GB -c max_connections=10"), GB + 104 * MB),
        (service("postgres:17", "postgres -N 50 --work-mem=8MB"), 128 * MB + 400 * MB + 64 * MB),
        (service("postgres:17", "-c shared_buffers=16384"), 128 * MB + 400 * MB + 64 * MB),
        (service("postgres:17", "-c work_mem=8192", shm_size=GB), 128 * MB + 800 * MB + GB),
        (service("redis:7", "redis-server --maxmemory 512mb"), 512 * MB),
        (service("redis:7", "--maxmemory=1gb"), GB),
        (service("redis:7", "sh -c 'exec redis-server --maxmemory 1gb'"), GB),
        (service("mysql:8"), 128 * MB),
        (service("mariadb:11", "--innodb-buffer-pool-size=1G"), GB),
        (service("mysql:8", "--innodb_buffer_pool_size 1G"), GB),
        (service("mongo:7", "--wiredTigerCacheSizeGB 1.5"), 3 * GB // 2),
        (service("memcached:1", "-m 256"), 256 * MB),
        (service("memcached:1"), 64 * MB),
        (service("acme/a", "java -Xms1g -Xmx2g -jar a.jar"), 2 * GB),
        (service("elasticsearch:8", environment={"ES_JAVA_OPTS": "-Xms1g -Xmx1g"}), GB),
        (service("apache/kafka:4", environment={"KAFKA_HEAP_OPTS": "-Xmx768M"}), 768 * MB),
        (service("grafana/loki:3", environment={"GOMEMLIMIT": "900MiB"}), 900 * MB),
        (service("node:22", environment={"NODE_OPTIONS": "--max-old-space-size=512"}), 512 * MB),
        (service("node:22", "node --max_old_space_size=256 a.js"), 256 * MB),
    ],
)
def test_the_demand_is_what_the_settings_say(one: Service, amount: int) -> None:
    """In every notation that the programs take; defaults count where nothing is set."""
    demand = identify(one).demand(one)
    assert demand
    assert amount == demand.amount


@pytest.mark.parametrize(
    "one",
    [
        service("redis:7"),
        service("mongo:7"),
        service("grafana/loki:3"),
        service("elasticsearch:8"),
        service("node:22"),
        service("acme/web"),
    ],
)
def test_no_setting_is_no_demand(one: Service) -> None:
    """Nothing is made up where nothing was said."""
    assert identify(one).demand(one) is None


@pytest.mark.parametrize(
    ("command", "fits"),
    [
        ("--maxmemory 512mb", True),
        ("--maxmemory 600mb", False),
        ('--maxmemory 600mb --save ""', True),
        ('--maxmemory 700mb --save ""', False),
        ('--maxmemory 600mb --save "" --appendonly yes', False),
    ],
)
def test_a_redis_that_saves_needs_more_room(command: str, *, fits: bool) -> None:
    """In 768 MB: 70 % with persistence, 80 % without."""
    one = service("redis:7", command)
    demand = identify(one).demand(one)
    assert demand
    assert demand.fits(768 * MB) is fits


@pytest.mark.parametrize(
    ("one", "durable"),
    [
        (service("redis:7"), False),
        (service("redis:7", "--appendonly yes"), True),
        (service("redis:7", volumes=(Mount("volume", "/data", "d"),)), True),
        (service("redis:7", '--save ""', volumes=(Mount("volume", "/data", "d"),)), False),
        (service("postgres:17"), True),
        (service("memcached:1"), False),
    ],
)
def test_a_cache_with_a_volume_holds_data(one: Service, *, durable: bool) -> None:
    """Durable is what was asked to be kept."""
    assert identify(one).durable(one) is durable


@pytest.mark.parametrize("times", [1, 4, 16])
@pytest.mark.parametrize("name", sorted(software()))
def test_the_settings_for_a_limit_fit_it(name: str, times: int) -> None:
    """What the catalog would set, it accepts itself, from its floor upwards."""
    known = software()[name]
    limit = known.floor * times
    plain = service("x/x")
    given = known.settings(plain, limit)
    words = tuple(word for one in given if not one.in_environment for word in one.words)
    variables = {one.name: one.value for one in given if one.in_environment}
    demand = known.demand(service("x/x", shlex.join(words), environment=variables))
    assert demand is None or demand.fits(limit)


@pytest.mark.parametrize("name", sorted(software()))
def test_a_tier_is_above_the_floor(name: str) -> None:
    """Nothing is given less than it can work with, and no reservation is above its limit."""
    known = software()[name]
    assert known.floor <= known.tier.memory
    assert known.tier.memory_reserved <= known.tier.memory
    assert known.tier.cpus_reserved <= known.tier.cpus


def test_a_pooler_opens_what_its_variables_say() -> None:
    """Pool and reserve, capped, for each replica."""
    pool = software()["pgbouncer"]
    variables: dict[str, str | None] = {"DEFAULT_POOL_SIZE": "50", "RESERVE_POOL_SIZE": "10"}
    told = pool.opens(Service("p", environment=variables, scale=2))
    capped = pool.opens(Service("p", environment=variables | {"MAX_DB_CONNECTIONS": "40"}))
    assert told
    assert capped
    assert (told.amount, capped.amount) == (120, 40)


@pytest.mark.parametrize(
    ("command", "amount"), [("", 100), ("-c max_connections=300", 300), ("postgres -N 20", 20)]
)
def test_a_database_accepts_what_its_command_says(command: str, amount: int) -> None:
    """Its own default where nothing is set."""
    found = software()["postgres"].accepts(service("postgres:17", command))
    assert found
    assert found.amount == amount
