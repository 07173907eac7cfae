"""PgBouncer."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB, Connections
from batten.catalog.software import Exporter, Kind, Root, Secret, Software, Stop, Test
from batten.model import Service

# The program's own defaults.
_POOL_SIZE = 20
_PREFIXES = ("", "PGBOUNCER_")


def _number(service: Service, name: str, default: int) -> int:
    for prefix in _PREFIXES:
        text = service.environment.get(f"{prefix}{name}") or ""
        if text.isdigit():
            return int(text)
    return default


def opens(service: Service) -> Connections:
    """Server connections for one database and user: its pool and its reserve, or the cap on both."""
    pool = _number(service, "DEFAULT_POOL_SIZE", _POOL_SIZE)
    together = pool + _number(service, "RESERVE_POOL_SIZE", 0)
    most = _number(service, "MAX_DB_CONNECTIONS", 0)
    amount = min(together, most) if most else together
    prefixed = any(name.startswith("PGBOUNCER_") for name in service.environment)
    cap = "PGBOUNCER_MAX_DB_CONNECTIONS" if prefixed else "MAX_DB_CONNECTIONS"
    return Connections(
        amount * service.replicas, "DEFAULT_POOL_SIZE", ("environment", "DEFAULT_POOL_SIZE"), cap
    )


def health(service: Service) -> Test:
    """Answers before any login."""
    port = service.environment.get("LISTEN_PORT") or 5432
    return ("CMD-SHELL", f"pg_isready -h 127.0.0.1 -p {port}")


SOFTWARE = (
    Software(
        name="pgbouncer",
        title="PgBouncer",
        kind=Kind.POOLER,
        tier=tier.POOLER,
        names=("pgbouncer",),
        programs=("pgbouncer",),
        ports=(6432, 5432),
        floor=32 * MIB,
        opens=opens,
        health=health,
        inside=contents.images({"edoburu/pgbouncer": contents.ALPINE}, "psql", "pg_isready"),
        # Since 1.23 SIGTERM waits until every client has gone; SIGINT waits for queries only.
        stop=Stop("SIGINT", 30, clean=True),
        config=("*.ini", "/etc/pgbouncer"),
        root=Root.NEVER,
        user="70:70",
        capabilities=(),
        secrets=(Secret("DB_PASSWORD"), Secret("DATABASE_URL"), Secret("POSTGRESQL_PASSWORD")),
        exporter=Exporter(
            "prometheuscommunity/pgbouncer-exporter:v0.12.1",
            9127,
            {
                "PGBOUNCER_EXPORTER_CONNECTION_STRING": "postgres://{DB_USER|postgres}:{DB_PASSWORD}"
                "@{host}:{LISTEN_PORT|5432}/pgbouncer?sslmode=disable"
            },
            ("--log.level=warn",),  # or every scrape is a line
        ),
    ),
)
