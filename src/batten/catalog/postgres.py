"""PostgreSQL and what is packaged from it."""

from batten.catalog import commandline, contents, tier
from batten.catalog.sizing import GIB, MIB, Connections, Demand, Part, Setting, mib
from batten.catalog.software import (
    EndOfLife,
    Exporter,
    Kind,
    Root,
    Secret,
    Software,
    Stop,
    Test,
    always,
)
from batten.model import Service
from batten.model.size import size

# The server's own defaults since version 9.3.
_SHARED_BUFFERS = 128 * MIB
_WORK_MEM = 4 * MIB
_CONNECTIONS = 100
# The engine's default for /dev/shm, where parallel queries share memory.
_SHM = 64 * MIB


def _set(service: Service, name: str) -> str | None:
    flags = commandline.flags(commandline.words(service))
    return (
        flags.get(f"-c {name}")
        or flags.get(f"--{name}")
        or flags.get(f"--{name.replace('_', '-')}")
    )


def _bytes(service: Service, name: str, unit: str, default: int) -> int:
    """A bare number counts in the setting's own unit: 8 kB pages, or kilobytes."""
    text = _set(service, name) or ""
    if text.isdigit():
        return int(text) * (8 << 10 if unit == "page" else 1 << 10)
    found = size(text)
    return default if found is None else found


def accepts(service: Service) -> Connections:
    """`max_connections`, 100 unless set; `-N` is its short form."""
    text = _set(service, "max_connections") or commandline.option(service, "-N") or ""
    amount = int(text) if text.isdigit() else _CONNECTIONS
    return Connections(amount, "max_connections", ("command",))


def demand(service: Service) -> Demand:
    """Buffers, one `work_mem` for each connection, and shared memory; one sort may take several."""
    connections = accepts(service).amount
    work_mem = _bytes(service, "work_mem", "kilobyte", _WORK_MEM)
    buffers = _bytes(service, "shared_buffers", "page", _SHARED_BUFFERS)
    return Demand(
        (
            Part("shared_buffers", buffers),
            Part(f"{connections} connections x work_mem", connections * work_mem),
            Part("shm_size", service.shm_size or _SHM, ("shm_size",)),
        ),
        1.0,
        "buffers, sorts of every connection and shared memory all count against the limit",
    )


def settings(service: Service, limit: int) -> tuple[Setting, ...]:
    """A quarter of the limit for buffers, as its manual says, and a quarter for all sorts together."""
    connections = accepts(service).amount
    work_mem = max(1, mib(limit / 4) // max(1, connections))
    return (
        Setting("-c shared_buffers", f"{mib(limit / 4)}MB", "a quarter of the memory limit"),
        Setting("-c effective_cache_size", f"{mib(limit / 2)}MB", "what the planner may expect"),
        Setting("-c work_mem", f"{work_mem}MB", f"{connections} of them in a quarter of the limit"),
        Setting("-c maintenance_work_mem", f"{mib(limit / 16)}MB", "for vacuum and indexes"),
    )


def health(service: Service) -> Test:
    """Over TCP: the temporary server of the first start listens on its socket only."""
    user = "$${POSTGRES_USER:-postgres}"
    if "POSTGRES_USER_FILE" in service.environment:
        user = "postgres"
    return ("CMD-SHELL", f"pg_isready -h 127.0.0.1 -U {user}")


SOFTWARE = (
    Software(
        name="postgres",
        title="PostgreSQL",
        kind=Kind.DATABASE,
        tier=tier.DATABASE,
        images=("pgautoupgrade/pgautoupgrade", "ankane/pgvector"),
        names=(
            "postgres",
            "postgresql",
            "postgis",
            "timescaledb",
            "timescale",
            "pgvector",
            "pgvecto",
            "vectorchord",
            "citus",
            "spilo",
            "paradedb",
        ),
        programs=("postgres",),
        clients=("psql", "pg_dump", "pg_dumpall", "pg_restore", "pg_basebackup", "pg_isready"),
        ports=(5432,),
        floor=256 * MIB,
        demand=demand,
        settings=settings,
        shm=GIB // 4,
        accepts=accepts,
        health=health,
        inside=contents.images(
            {
                "postgres": contents.DEBIAN,
                "postgis/postgis": contents.DEBIAN,
                "pgvector/pgvector": contents.DEBIAN,
                "timescale/timescaledb": contents.ALPINE,
            },
            "psql",
            "pg_isready",
        ),
        start_s=30,
        # SIGINT is the fast shutdown: sessions are ended, a checkpoint is written.
        stop=Stop("SIGINT", 60, clean=True),
        data=("/var/lib/postgresql", "/bitnami/postgresql", "/home/postgres/pgdata"),
        durable=always,
        config=("config_file=*", "*/postgresql.conf", "/etc/postgresql*"),
        root=Root.DROPS,
        user="999:999",
        capabilities=("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"),
        secrets=(
            Secret("POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"),
            Secret("POSTGRESQL_PASSWORD", "POSTGRESQL_PASSWORD_FILE"),
        ),
        exporter=Exporter(
            "prometheuscommunity/postgres-exporter:v0.20.1",
            9187,
            {"DATA_SOURCE_URI": "", "DATA_SOURCE_USER": "", "DATA_SOURCE_PASS_FILE": ""},
        ),
        # https://www.postgresql.org/support/versioning/
        ended=(
            EndOfLife("9", "2021-11-11"),
            EndOfLife("10", "2022-11-10"),
            EndOfLife("11", "2023-11-09"),
            EndOfLife("12", "2024-11-21"),
            EndOfLife("13", "2025-11-13"),
            EndOfLife("14", "2026-11-12"),
        ),
    ),
)
