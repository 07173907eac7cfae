"""Redis, Valkey and what speaks their protocol."""

from batten.catalog import commandline, contents, tier
from batten.catalog.sizing import MIB, Demand, Part, Setting, mib
from batten.catalog.software import EndOfLife, Exporter, Kind, Root, Secret, Software, Stop, Test
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
    """60 % of the limit with persistence, 75 % without; what is only a cache may evict."""
    share = 0.6 if persists(service) else 0.75
    policy = "noeviction" if durable(service) else "allkeys-lru"
    return (
        Setting("--maxmemory", f"{mib(limit * share)}mb", f"{share:.0%} of the memory limit"),
        Setting("--maxmemory-policy", policy, "what happens when `maxmemory` is reached"),
    )


def _health(program: str) -> Test:
    """`ping` exits 0 on an error too, so the answer is read."""
    return ("CMD-SHELL", f"{program} ping | grep -q PONG")


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
        health=lambda _: _health(client),
        inside=contents.images(
            {image: contents.DEBIAN, f"{name}/{name}-stack": contents.UNKNOWN}, client
        ),
        stop=Stop("SIGTERM", 30, clean=True),
        data=_DATA,
        durable=durable,
        config=("*.conf", "/usr/local/etc/*", "/etc/redis*", "/etc/valkey*"),
        root=Root.DROPS,
        user="999:999",
        capabilities=("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"),
        secrets=(
            Secret("REDIS_PASSWORD", "REDIS_PASSWORD_FILE", "--requirepass"),
            Secret("VALKEY_PASSWORD", "VALKEY_PASSWORD_FILE"),
        ),
        exporter=Exporter("oliver006/redis_exporter:v1.88.0-alpine", 9121, {"REDIS_ADDR": ""}),
        # https://endoflife.date/redis
        ended=(
            EndOfLife("5", "2022-04-27"),
            EndOfLife("6.0", "2022-04-27"),
            EndOfLife("7.0", "2024-07-29"),
        )
        if name == "redis"
        else (),
    )


SOFTWARE = (
    _redis("redis", "Redis", "keydb", image="redis"),
    _redis("valkey", "Valkey", image="valkey/valkey"),
)
