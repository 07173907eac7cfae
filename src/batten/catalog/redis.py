"""Redis, Valkey and what speaks their protocol."""

from collections.abc import Callable

from batten.catalog import commandline, contents, tier
from batten.catalog.sizing import MIB, Demand, Part, Setting, mib
from batten.catalog.software import (
    EndOfLife,
    Exporter,
    Kind,
    Root,
    Secret,
    Software,
    Stop,
    Test,
    homes,
)
from batten.model import Service
from batten.model.size import size

_DATA = ("/data", "/bitnami/redis", "/bitnami/valkey", "/var/lib/redis")


def persists(service: Service) -> bool:
    """Whether it writes its data down: snapshots are on unless `--save ""` turns them off."""
    words = commandline.words(service)
    saves = [words[n + 1] for n, word in enumerate(words[:-1]) if word == "--save"]
    snapshots = not saves or saves[-1].strip("\"'") != ""
    return snapshots or commandline.option(service, "--appendonly") == "yes"


def durable(service: Service) -> bool:
    """Asked to keep every write, or given a volume and something to write: it holds data."""
    keeps = commandline.option(service, "--appendonly") == "yes"
    mounted = any(mount.target.rstrip("/") in _DATA for mount in service.volumes)
    return keeps or (mounted and persists(service))


def keeps(service: Service) -> bool:
    """Whether somebody turned on its log of writes, or gave it snapshots and a volume for them."""
    mounted = any(mount.target.rstrip("/") in _DATA for mount in service.volumes)
    saves = (commandline.option(service, "--save") or "").strip("\"'")
    return commandline.option(service, "--appendonly") == "yes" or (mounted and saves != "")


def evicts(service: Service) -> str | None:
    """`allkeys-lru` and its kind; the `volatile-` ones take only what has an end anyway."""
    policy = commandline.option(service, "--maxmemory-policy") or ""
    return policy if policy.startswith("allkeys-") else None


def demand(service: Service) -> Demand | None:
    """`maxmemory`; a fork that saves copies the pages that are written meanwhile."""
    amount = size(commandline.option(service, "--maxmemory") or "")
    if not amount:
        return None
    part = Part("maxmemory", amount)
    if persists(service):
        return Demand((part,), 0.7, "a save forks, and the fork copies what changes meanwhile")
    return Demand((part,), 0.8, "fragmentation and client buffers come on top of `maxmemory`")


def settings(service: Service, limit: int) -> tuple[Setting, ...]:
    """Two thirds of the limit with persistence, 75 % without; what is only a cache may evict."""
    share = 2 / 3 if persists(service) else 0.75
    policy = "noeviction" if durable(service) else "allkeys-lru"
    return (
        Setting("--maxmemory", f"{mib(limit * share)}mb", _WHY[persists(service)]),
        Setting(
            "--maxmemory-policy",
            policy,
            _POLICIES[policy],
            unless=_EVICTS,
            with_queue=("noeviction", _POLICIES["noeviction"]),
        ),
    )


_WHY = {
    True: "2/3 of the memory limit: saving makes copies",
    False: "3/4 of the memory limit",
}
# With a reason in the Compose file, what is kept may be lost.
_EVICTS = ("eviction-of-durable-data", "allkeys-lru", "it is accepted that keys go")
_POLICIES = {
    "noeviction": "when full it refuses writes",
    "allkeys-lru": "what was used least recently goes",
}


def _health(program: str) -> Callable[[Service], Test]:
    """`ping` exits 0 on an error too, so the answer is read; asking for a password is one."""

    def health(service: Service) -> Test:
        port = commandline.option(service, "--port")
        told = f" -p {port}" if port and port.isdigit() else ""
        return ("CMD-SHELL", f"{program}{told} ping 2>&1 | grep -qE 'PONG|NOAUTH'")

    return health


def _redis(name: str, title: str, *names: str, image: str) -> Software:
    client, server = f"{name}-cli", f"{name}-server"
    return Software(
        name=name,
        title=title,
        kind=Kind.CACHE,
        tier=tier.CACHE,
        names=(name, *names),
        programs=(server,),
        clients=(client, f"{name}-benchmark"),
        ports=(6379,),
        floor=64 * MIB,
        demand=demand,
        settings=settings,
        health=_health(client),
        starts=(server,),
        home=homes({image: "/data"}),
        inside=contents.images(
            {image: contents.DEBIAN, f"{name}/{name}-stack": contents.UNKNOWN}, client
        ),
        stop=Stop("SIGTERM", 30, clean=True),
        data=_DATA,
        durable=durable,
        evicts=evicts,
        keeps=keeps,
        config=("*.conf", "/usr/local/etc/*", "/etc/redis*", "/etc/valkey*"),
        root=Root.DROPS,
        user="999:999",
        capabilities=("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"),
        secrets=(
            Secret("REDIS_PASSWORD", "REDIS_PASSWORD_FILE", "--requirepass"),
            Secret("VALKEY_PASSWORD", "VALKEY_PASSWORD_FILE"),
        ),
        exporter=Exporter(
            "oliver006/redis_exporter:v1.88.0",
            9121,
            {
                "REDIS_ADDR": "redis://{host}:6379",
                "REDIS_PASSWORD": "{REDIS_PASSWORD|?}",
            },
            job="redis",
        ),
        # https://endoflife.date/redis; 3 and 4 ended when the second version after them came
        ended=(
            EndOfLife("3", "2018-10-17"),
            EndOfLife("4", "2020-04-30"),
            EndOfLife("5", "2022-04-27"),
            EndOfLife("6.0", "2022-05-31"),
            EndOfLife("7.0", "2024-07-29"),
        )
        if name == "redis"
        else (),
    )


SOFTWARE = (
    _redis("redis", "Redis", "keydb", image="redis"),
    _redis("valkey", "Valkey", image="valkey/valkey"),
)
