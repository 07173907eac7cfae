"""How much a service gets when nobody has said."""

import msgspec

_MIB = 1 << 20


class Tier(msgspec.Struct, frozen=True):
    """Limits and reservations: bytes, cores, processes.

    The figures are those of the reference stack, for a host with 8 cores and 16 GB; tiers that it
    has no service for take the figures of the closest one.
    """

    name: str
    memory: int
    memory_reserved: int
    cpus: float
    cpus_reserved: float
    pids: int


DATABASE = Tier("database", 2048 * _MIB, 1024 * _MIB, 2.0, 1.0, 512)
STORE = Tier("object store", 2048 * _MIB, 1024 * _MIB, 1.0, 0.5, 2048)
SEARCH = Tier("search", 2048 * _MIB, 1024 * _MIB, 2.0, 1.0, 2048)
BROKER = Tier("broker", 2048 * _MIB, 1024 * _MIB, 1.0, 0.5, 2048)
# A Java program: its threads count as processes.
ZOOKEEPER = Tier("coordination", 768 * _MIB, 512 * _MIB, 1.0, 0.5, 512)
CACHE = Tier("cache", 768 * _MIB, 512 * _MIB, 1.0, 0.5, 128)
APPLICATION = Tier("application", 1024 * _MIB, 512 * _MIB, 1.0, 0.5, 512)
MONITORING = Tier("monitoring", 1024 * _MIB, 512 * _MIB, 0.5, 0.25, 256)
EDGE = Tier("edge", 512 * _MIB, 256 * _MIB, 0.5, 0.25, 256)
DASHBOARD = Tier("dashboard", 512 * _MIB, 256 * _MIB, 0.5, 0.25, 256)
POOLER = Tier("pooler", 256 * _MIB, 128 * _MIB, 0.5, 0.25, 64)
EXPORTER = Tier("exporter", 64 * _MIB, 32 * _MIB, 0.1, 0.05, 64)
TASK = Tier("task that ends", 512 * _MIB, 64 * _MIB, 0.5, 0.1, 256)
AGENT = Tier("agent", 256 * _MIB, 128 * _MIB, 0.25, 0.1, 128)
