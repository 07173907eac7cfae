"""ClickHouse."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB
from batten.catalog.software import (
    Kind,
    Metrics,
    Root,
    Secret,
    Software,
    Stop,
    always,
    fixed,
    homes,
)

SOFTWARE = (
    Software(
        name="clickhouse",
        title="ClickHouse",
        kind=Kind.DATABASE,
        tier=tier.DATABASE,
        names=("clickhouse",),
        programs=("clickhouse-server", "clickhouse"),
        ports=(9000, 8123),
        floor=1024 * MIB,
        # `max_server_memory_usage_to_ram_ratio`, 0.9 of the limit that it finds.
        fits_itself=always,
        health=fixed("CMD-SHELL", "wget -q --spider http://127.0.0.1:8123/ping"),
        inside=contents.images(
            {
                "clickhouse": contents.DEBIAN.plus("wget"),
                "clickhouse/clickhouse-server": contents.DEBIAN.plus("wget"),
            },
            "clickhouse-client",
            "clickhouse",
            "bash",
        ),
        start_s=30,
        stop=Stop("SIGTERM", 60, clean=True),
        data=("/var/lib/clickhouse",),
        home=homes(
            dict.fromkeys(("clickhouse", "clickhouse/clickhouse-server"), "/var/lib/clickhouse")
        ),
        durable=always,
        root=Root.DROPS,
        user="101:101",
        secrets=(Secret("CLICKHOUSE_PASSWORD", "CLICKHOUSE_PASSWORD_FILE"),),
        metrics=Metrics(9363),
    ),
)
