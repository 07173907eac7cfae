"""What shows other programs' figures to Prometheus."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB, go_demand, go_settings
from batten.catalog.software import Kind, Language, Software, Stop

SOFTWARE = (
    Software(
        name="exporter",
        title="a metrics exporter",
        kind=Kind.EXPORTER,
        tier=tier.AGENT,
        names=("exporter", "cadvisor", "pushgateway", "statsd"),
        programs=("node_exporter", "postgres_exporter", "redis_exporter", "cadvisor"),
        language=Language.GO,
        floor=16 * MIB,
        demand=go_demand,
        settings=go_settings,
        inside=contents.images(
            {
                "oliver006/redis_exporter": contents.BARE.plus("redis_exporter"),
                "prom/node-exporter": contents.BUSYBOX,
                "prometheuscommunity/postgres-exporter": contents.BUSYBOX,
                "prometheuscommunity/pgbouncer-exporter": contents.BUSYBOX,
            }
        ),
        stop=Stop("SIGTERM", 10),
    ),
)
