"""Kafka and ZooKeeper, which older Kafkas keep their state in."""

from batten.catalog import contents, tier
from batten.catalog.jvm import heap, heap_setting
from batten.catalog.reference import Reference
from batten.catalog.sizing import MIB
from batten.catalog.software import Kind, Language, Root, Software, Stop, Test, always, homes
from batten.model import Service


def health(service: Service) -> Test | None:
    """The tools' place and ending depend on who packaged it."""
    path = Reference.parse(service.image or "").path
    tools = {
        "apache/kafka": "/opt/kafka/bin/kafka-broker-api-versions.sh",
        "confluentinc/cp-kafka": "kafka-broker-api-versions",
        "bitnami/kafka": "kafka-broker-api-versions.sh",
        "bitnamilegacy/kafka": "kafka-broker-api-versions.sh",
    }
    if path not in tools:
        return None
    return ("CMD-SHELL", f"{tools[path]} --bootstrap-server 127.0.0.1:9092 >/dev/null")


SOFTWARE = (
    Software(
        name="kafka",
        title="Kafka",
        kind=Kind.QUEUE,
        tier=tier.BROKER,
        images=("confluentinc/cp-server",),
        names=("kafka",),
        programs=("kafka-server-start.sh", "kafka-server-start"),
        ports=(9092, 9093),
        language=Language.JVM,
        floor=512 * MIB,
        # The start script's own heap is 1 GB, whatever the limit; the file cache wants the rest.
        demand=heap("KAFKA_HEAP_OPTS", share=0.6),
        settings=heap_setting("KAFKA_HEAP_OPTS", 0.5),
        health=health,
        inside=contents.images(
            {
                "apache/kafka": contents.ALPINE.plus("bash", "kafka-broker-api-versions.sh"),
                "confluentinc/cp-kafka": contents.Contents(
                    frozenset({"sh", "bash", "kafka-broker-api-versions"})
                ),
            }
        ),
        start_s=60,
        stop=Stop("SIGTERM", 60, clean=False),
        home=homes({"confluentinc/cp-kafka": "/var/lib/kafka/data"}),
        data=(
            "/var/lib/kafka/data",
            "/var/lib/kafka",
            "/bitnami/kafka",
            "/tmp/kraft-combined-logs",  # noqa: S108  # where apache/kafka keeps its log
            "/tmp/kafka-logs",  # noqa: S108  # the same with ZooKeeper
        ),
        durable=always,
        root=Root.NEVER,
    ),
    Software(
        name="zookeeper",
        title="ZooKeeper",
        kind=Kind.DATABASE,
        tier=tier.ZOOKEEPER,
        names=("zookeeper",),
        programs=("zkServer.sh",),
        ports=(2181,),
        inside=contents.images(
            {
                "zookeeper": contents.DEBIAN,
                "confluentinc/cp-zookeeper": contents.Contents(frozenset({"sh", "bash"})),
            }
        ),
        home=homes(
            {
                "zookeeper": "/data /datalog",
                "confluentinc/cp-zookeeper": "/var/lib/zookeeper/data /var/lib/zookeeper/log",
            }
        ),
        language=Language.JVM,
        floor=256 * MIB,
        demand=heap("ZK_SERVER_HEAP", "KAFKA_HEAP_OPTS"),
        start_s=30,
        stop=Stop("SIGTERM", 30, clean=False),
        data=("/data", "/datalog", "/bitnami/zookeeper", "/var/lib/zookeeper"),
        durable=always,
    ),
)
