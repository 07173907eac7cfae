"""What shows other programs' figures to Prometheus."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB, go_demand, go_settings
from batten.catalog.software import Kind, Language, Metrics, Root, Software, Stop, always

SOFTWARE = (
    Software(
        name="node-exporter",
        title="Prometheus' node exporter",
        kind=Kind.EXPORTER,
        tier=tier.AGENT,
        images=("prom/node-exporter", "prometheus/node-exporter", "bitnami/node-exporter"),
        programs=("node_exporter",),
        language=Language.GO,
        floor=16 * MIB,
        demand=go_demand,
        settings=go_settings,
        inside=contents.images({"prom/node-exporter": contents.BUSYBOX}),
        stop=Stop("SIGTERM", 10),
        root=Root.NEVER,
        user="65534:65534",
        watches_host=True,
        metrics=Metrics(9100, told=always, job="node"),
    ),
    Software(
        name="exporter",
        title="a metrics exporter",
        kind=Kind.EXPORTER,
        tier=tier.EXPORTER,
        names=("exporter", "pushgateway", "statsd"),
        programs=("postgres_exporter", "redis_exporter"),
        language=Language.GO,
        floor=16 * MIB,
        demand=go_demand,
        settings=go_settings,
        inside=contents.images(
            {
                "oliver006/redis_exporter": contents.BARE.plus("redis_exporter"),
                "prometheuscommunity/postgres-exporter": contents.BUSYBOX,
                "prometheuscommunity/pgbouncer-exporter": contents.BUSYBOX,
                "prom/mysqld-exporter": contents.BUSYBOX,
                "prom/memcached-exporter": contents.BUSYBOX,
            }
        ),
        stop=Stop("SIGTERM", 10),
        # A program that asks and answers: it needs no right and no file.
        root=Root.NEVER,
        capabilities=(),
        writes=(),
    ),
    Software(
        name="cadvisor",
        title="cAdvisor",
        kind=Kind.EXPORTER,
        tier=tier.AGENT,
        names=("cadvisor",),
        programs=("cadvisor",),
        ports=(8080,),
        language=Language.GO,
        demand=go_demand,
        settings=go_settings,
        watches_host=True,
        metrics=Metrics(8080, told=always, job="cadvisor"),
    ),
)
