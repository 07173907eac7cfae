"""Memcached."""

from batten.catalog import commandline, contents, tier
from batten.catalog.reference import Reference
from batten.catalog.sizing import MIB, Demand, Part, Setting, mib
from batten.catalog.software import Exporter, Kind, Root, Software, Stop, Test
from batten.model import Service

# The program's own default, in megabytes.
_MEMORY = "64"


def demand(service: Service) -> Demand:
    """`-m` megabytes for items; connections and hash tables are on top."""
    text = commandline.option(service, "-m", "--memory-limit") or _MEMORY
    part = Part("-m", int(text) * MIB if text.isdigit() else 0)
    return Demand((part,), 0.8, "connections and its hash table come on top of `-m`")


def settings(service: Service, limit: int) -> tuple[Setting, ...]:  # noqa: ARG001
    """Three quarters of the limit."""
    return (
        Setting(
            "-m",
            str(mib(limit * 0.75)),
            "three quarters of the memory limit, in MB",
            label="memory",
        ),
    )


def health(service: Service) -> Test:
    """Debian's image has bash and no `nc`; Alpine's the reverse."""
    if "alpine" in (Reference.parse(service.image or "").tag or ""):
        return ("CMD-SHELL", "echo version | nc -w 2 127.0.0.1 11211 | grep -q VERSION")
    ask = "exec 3<>/dev/tcp/127.0.0.1/11211 && printf 'version\\r\\nquit\\r\\n' >&3 && grep -q VERSION <&3"
    return ("CMD", "bash", "-c", ask)


SOFTWARE = (
    Software(
        name="memcached",
        title="Memcached",
        kind=Kind.CACHE,
        tier=tier.POOLER,
        names=("memcached",),
        programs=("memcached",),
        ports=(11211,),
        floor=32 * MIB,
        demand=demand,
        settings=settings,
        starts=("memcached",),
        health=health,
        inside=contents.images({"memcached": contents.DEBIAN}),
        stop=Stop("SIGTERM", 10, clean=True),
        root=Root.NEVER,
        user="11211:11211",
        capabilities=(),
        exporter=Exporter(
            "prom/memcached-exporter:v0.15.4",
            9150,
            command=("--memcached.address={host}:11211",),
        ),
    ),
)
