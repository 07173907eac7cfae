"""MongoDB."""

from batten.catalog import commandline, contents, tier
from batten.catalog.reference import Reference
from batten.catalog.sizing import GIB, MIB, Demand, Part, Setting
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

_OPTION = "--wiredTigerCacheSizeGB"


def demand(service: Service) -> Demand | None:
    """The cache, where it is set: unset it follows the container's limit (half of it less 1 GB)."""
    text = commandline.option(service, _OPTION)
    try:
        amount = int(float(text or "") * GIB)
    except ValueError:
        return None
    part = Part(_OPTION.lstrip("-"), amount)
    return Demand((part,), 0.6, "connections, sorts and the file cache come on top of its cache")


def settings(service: Service, limit: int) -> tuple[Setting, ...]:  # noqa: ARG001
    """Half of the limit; the least it accepts is 0.25."""
    cache = f"{max(0.25, limit / 2 / GIB):.2f}"
    return (Setting(_OPTION, cache, "half of the memory limit, in GB"),)


def health(service: Service) -> Test:
    """`mongosh` came with 5.0; before that the shell was `mongo`."""
    old = Reference.parse(service.image or "").older_than(5)
    return (
        "CMD-SHELL",
        f"{'mongo' if old else 'mongosh'} --quiet --eval 'db.runCommand({{ping: 1}}).ok'",
    )


SOFTWARE = (
    Software(
        name="mongodb",
        title="MongoDB",
        kind=Kind.DATABASE,
        tier=tier.DATABASE,
        images=("mongodb/mongodb-community-server", "mongodb/mongodb-enterprise-server"),
        names=("mongo", "mongodb"),
        programs=("mongod",),
        clients=("mongo", "mongosh", "mongodump", "mongorestore"),
        ports=(27017,),
        floor=512 * MIB,
        fits_itself=always,
        demand=demand,
        settings=settings,
        health=health,
        inside=contents.images({"mongo": contents.DEBIAN}),
        start_s=40,
        stop=Stop("SIGTERM", 60, clean=True),
        data=("/data/db", "/bitnami/mongodb"),
        home=homes({"mongo": "/data/db"}),
        starts=("mongod",),
        durable=always,
        config=("--config", "-f", "*/mongod.conf"),
        root=Root.DROPS,
        user="999:999",
        secrets=(
            Secret("MONGO_INITDB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD_FILE"),
            Secret("MONGODB_INITDB_ROOT_PASSWORD", "MONGODB_INITDB_ROOT_PASSWORD_FILE"),
        ),
        exporter=Exporter("percona/mongodb_exporter:0.47.1", 9216),
        # https://www.mongodb.com/legal/support-policy/lifecycles
        ended=(
            EndOfLife("3", "2021-04-30"),
            EndOfLife("4", "2024-02-29"),
            EndOfLife("5", "2024-10-31"),
            EndOfLife("6", "2025-07-31"),
            EndOfLife("7.1", "2024-01-23"),
            EndOfLife("7.2", "2024-03-27"),
            EndOfLife("7.3", "2024-10-02"),
            EndOfLife("8.1", "2025-09-30"),
            EndOfLife("8.2", "2026-07-31"),
        ),
    ),
)
