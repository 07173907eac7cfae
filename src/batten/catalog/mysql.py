"""MySQL and MariaDB."""

from batten.catalog import commandline, contents, tier
from batten.catalog.reference import Reference
from batten.catalog.sizing import MIB, Connections, Demand, Part, Setting, mib
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
    homes,
)
from batten.model import Service
from batten.model.size import size

# The servers' own defaults.
_POOL = 128 * MIB
_CONNECTIONS = 151


def _set(service: Service, name: str) -> str:
    dashed = name.replace("_", "-")
    return commandline.option(service, f"--{dashed}", f"--{name}") or ""


def accepts(service: Service) -> Connections:
    """`max_connections`, 151 unless set."""
    text = _set(service, "max_connections")
    return Connections(
        int(text) if text.isdigit() else _CONNECTIONS, "max_connections", ("command",)
    )


def demand(service: Service) -> Demand:
    """The buffer pool; what threads, temporary tables and the program take is on top."""
    amount = size(_set(service, "innodb_buffer_pool_size"))
    part = Part(
        "innodb_buffer_pool_size", _POOL if amount is None else amount, told=amount is not None
    )
    return Demand((part,), 0.75, "connections and temporary tables come on top of the buffer pool")


def settings(service: Service, limit: int) -> tuple[Setting, ...]:  # noqa: ARG001
    """Half of the limit: a dedicated host could give three quarters, a container has no swap."""
    pool = f"{mib(limit / 2)}M"
    return (Setting("--innodb-buffer-pool-size=", pool, "half of the memory limit"),)


def _mysql_health(service: Service) -> Test:  # noqa: ARG001
    """Over TCP: the temporary server of the first start does not listen there."""
    return ("CMD-SHELL", "mysqladmin ping -h 127.0.0.1 --silent")


def _mariadb_health(service: Service) -> Test:
    """Its image brings a script that also waits for InnoDB; versions before 10.4 do not."""
    if Reference.parse(service.image or "").older_than(10, 4):
        return ("CMD-SHELL", "mysqladmin ping -h 127.0.0.1 --silent")
    return ("CMD", "healthcheck.sh", "--connect", "--innodb_initialized")


def _secrets(prefix: str) -> tuple[Secret, ...]:
    names = (f"{prefix}_ROOT_PASSWORD", f"{prefix}_PASSWORD")
    return tuple(Secret(name, f"{name}_FILE") for name in names)


def _exporter(prefix: str) -> Exporter:
    """As root, which is there in any case; its password may stand in a variable only."""
    return Exporter(
        "prom/mysqld-exporter:v0.18.0",
        9104,
        {"MYSQLD_EXPORTER_PASSWORD": f"{{{prefix}_ROOT_PASSWORD}}"},
        ("--mysqld.address={host}:3306", "--mysqld.username=root"),
        job="mysql",
    )


SOFTWARE = (
    Software(
        name="mysql",
        title="MySQL",
        kind=Kind.DATABASE,
        tier=tier.DATABASE,
        names=("mysql", "percona", "xtradb"),
        programs=("mysqld",),
        clients=("mysql", "mysqldump", "mysqladmin"),
        ports=(3306,),
        floor=512 * MIB,
        demand=demand,
        settings=settings,
        accepts=accepts,
        health=_mysql_health,
        inside=contents.images(
            {"mysql": contents.Contents(frozenset({"sh", "bash", "mysqladmin", "mysql"}))}
        ),
        start_s=60,
        stop=Stop("SIGTERM", 60, clean=True),
        data=("/var/lib/mysql", "/bitnami/mysql"),
        home=homes({"mysql": "/var/lib/mysql"}),
        starts=("mysqld",),
        durable=always,
        config=("--defaults-file*", "*/my.cnf", "/etc/mysql*", "/etc/my.cnf*"),
        root=Root.DROPS,
        user="999:999",
        secrets=_secrets("MYSQL"),
        exporter=_exporter("MYSQL"),
        # https://endoflife.date/mysql, from Oracle's lifetime support policy
        ended=(
            EndOfLife("5", "2023-10-31"),
            EndOfLife("8.0", "2026-04-30"),
            EndOfLife("8.1", "2023-10-25"),
            EndOfLife("8.2", "2023-12-14"),
            EndOfLife("8.3", "2024-04-10"),
            EndOfLife("9.0", "2024-10-15"),
            EndOfLife("9.1", "2025-01-21"),
            EndOfLife("9.2", "2025-04-15"),
            EndOfLife("9.3", "2025-07-22"),
            EndOfLife("9.4", "2025-10-21"),
            EndOfLife("9.5", "2026-01-20"),
            EndOfLife("9.6", "2026-04-21"),
        ),
    ),
    Software(
        name="mariadb",
        title="MariaDB",
        kind=Kind.DATABASE,
        tier=tier.DATABASE,
        names=("mariadb", "galera"),
        programs=("mariadbd", "mysqld"),
        clients=("mysql", "mariadb", "mysqldump", "mariadb-dump"),
        ports=(3306,),
        floor=256 * MIB,
        demand=demand,
        settings=settings,
        accepts=accepts,
        health=_mariadb_health,
        inside=contents.images({"mariadb": contents.DEBIAN}, "healthcheck.sh"),
        start_s=60,
        stop=Stop("SIGTERM", 60, clean=True),
        data=("/var/lib/mysql", "/bitnami/mariadb", "/config"),
        home=homes({"mariadb": "/var/lib/mysql"}),
        starts=("mariadbd",),
        durable=always,
        config=("--defaults-file*", "*/my.cnf", "/etc/mysql*"),
        root=Root.DROPS,
        user="999:999",
        secrets=(*_secrets("MARIADB"), *_secrets("MYSQL")),
        exporter=_exporter("MARIADB"),
        # https://mariadb.org/about/#maintenance-policy
        ended=(
            EndOfLife("5", "2020-04-11"),
            EndOfLife("10.1", "2020-10-17"),
            EndOfLife("10.2", "2022-05-23"),
            EndOfLife("10.3", "2023-05-25"),
            EndOfLife("10.4", "2024-06-18"),
            EndOfLife("10.5", "2025-06-24"),
            EndOfLife("10.6", "2026-07-06"),
            EndOfLife("10.7", "2023-02-09"),
            EndOfLife("10.8", "2023-05-20"),
            EndOfLife("10.9", "2023-08-22"),
            EndOfLife("10.10", "2023-11-17"),
            EndOfLife("11.0", "2024-06-06"),
            EndOfLife("11.1", "2024-08-21"),
            EndOfLife("11.2", "2024-11-21"),
            EndOfLife("11.3", "2024-05-29"),
            EndOfLife("11.5", "2024-11-21"),
            EndOfLife("11.6", "2025-02-13"),
            EndOfLife("11.7", "2025-05-12"),
            EndOfLife("12.0", "2025-11-18"),
            EndOfLife("12.1", "2026-02-13"),
            EndOfLife("12.2", "2026-05-28"),
        ),
    ),
)
