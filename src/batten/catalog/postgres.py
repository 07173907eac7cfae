"""PostgreSQL and what is packaged from it."""

from batten.catalog import commandline, contents, tier
from batten.catalog.reference import Reference
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

# Upstream's image and those that share its entrypoint.
_UPSTREAM = {
    "postgres": contents.DEBIAN,
    "postgis/postgis": contents.DEBIAN,
    "pgvector/pgvector": contents.DEBIAN,
    "timescale/timescaledb": contents.ALPINE,
}
_NOTE = (
    "shared_buffers + max_connections * work_mem + shm_size stay below the memory limit; what is "
    "left caches files and serves maintenance. A query may use work_mem more than once: raise it "
    "in the session of the few that need it. random_page_cost is that of an SSD; jit costs more "
    "than it saves on short queries; a transaction that idles for minutes holds up everybody."
)


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
            Part("shared_buffers", buffers, told=_set(service, "shared_buffers") is not None),
            Part(
                f"{connections} connections x work_mem",
                connections * work_mem,
                told=bool(_set(service, "work_mem") or _set(service, "max_connections")),
                certain=False,
                setting="work_mem" if _set(service, "work_mem") else "max_connections",
            ),
            Part(
                "shm_size",
                service.shm_size or _SHM,
                ("shm_size",),
                told=service.shm_size is not None,
                certain=False,
            ),
        ),
        1.0,
        "buffers, sorts of every connection and shared memory all count against the limit",
    )


def settings(service: Service, limit: int) -> tuple[Setting, ...]:
    """A quarter of the limit for buffers, as its manual says, and two fifths for all sorts together."""
    connections = accepts(service).amount
    buffers = _bytes(service, "shared_buffers", "page", limit // 4)
    rest = limit * 0.9 - buffers - (service.shm_size or min(GIB // 4, max(_SHM, limit // 8)))
    work_mem = max(1, mib(min(limit * 0.4, rest)) // max(1, connections))
    return (
        Setting("-c shared_buffers", _shown(limit / 4), "a quarter of the memory limit"),
        Setting("-c effective_cache_size", _shown(limit / 2), "what the planner may expect"),
        Setting("-c work_mem", f"{work_mem}MB", f"{connections} of them in 2/5 of the limit"),
        Setting("-c maintenance_work_mem", _shown(limit / 16), "for vacuum and indexes"),
        Setting("-c autovacuum_work_mem", _shown(limit / 32), "each of its three workers"),
    )


def tuning(service: Service, limit: int) -> tuple[Setting, ...]:
    """What its defaults, made for a machine of the nineties, leave undone."""
    workers = max(1, int(service.cpu_limit or tier.DATABASE.cpus))
    return (
        Setting(
            "-c max_connections", str(accepts(service).amount), "what its memory is counted for"
        ),
        Setting("-c max_parallel_workers", str(workers), "its cores"),
        Setting("-c max_wal_size", _shown(max(GIB, limit)), "fewer checkpoints"),
        Setting("-c checkpoint_timeout", "15min", "fewer checkpoints"),
        Setting("-c wal_compression", "on", "less to write"),
        Setting("-c random_page_cost", "1.1", "an SSD"),
        Setting("-c jit", "off", "costs more than it saves on short queries"),
        Setting("-c idle_in_transaction_session_timeout", "5min", "it holds up everybody"),
        Setting("-c log_min_duration_statement", "1s", "slow queries are seen"),
        Setting("-c log_lock_waits", "on", "who waits for whom is seen"),
    )


def home(service: Service) -> tuple[str, ...]:
    """Since 18 the volume is one folder higher; only what upstream's own images do is known."""
    image = Reference.parse(service.image or "")
    if image.path not in _UPSTREAM or "PGDATA" in service.environment:
        return ()
    if image.version:
        return ("/var/lib/postgresql/data" if image.older_than(18) else "/var/lib/postgresql",)
    return ("/var/lib/postgresql",) if image.path == "postgres" else ()


def _shown(amount: float) -> str:
    whole = mib(amount)
    return f"{whole // 1024}GB" if whole % 1024 == 0 else f"{whole}MB"


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
        tuning=tuning,
        note=_NOTE,
        starts=("postgres",),
        home=home,
        shm=GIB // 4,
        accepts=accepts,
        health=health,
        inside=contents.images(
            _UPSTREAM,
            "psql",
            "pg_isready",
            "bash",
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
            # Postgres itself: what a session sets would be lost between a pooler's transactions.
            {
                "DATA_SOURCE_URI": "{host}:5432/{POSTGRES_DB|postgres}?sslmode=disable",
                "DATA_SOURCE_USER": "{POSTGRES_USER|postgres}",
                "DATA_SOURCE_PASS": "{POSTGRES_PASSWORD}",
            },
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
