"""RabbitMQ."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB
from batten.catalog.software import (
    EndOfLife,
    Kind,
    Language,
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
        name="rabbitmq",
        title="RabbitMQ",
        kind=Kind.QUEUE,
        tier=tier.BROKER,
        names=("rabbitmq",),
        programs=("rabbitmq-server",),
        ports=(5672, 15672),
        language=Language.BEAM,
        floor=256 * MIB,
        # Its high watermark is a share of the memory limit that it finds.
        fits_itself=always,
        health=fixed("CMD", "rabbitmq-diagnostics", "-q", "ping"),
        inside=contents.images(
            {"rabbitmq": contents.DEBIAN}, "rabbitmq-diagnostics", "rabbitmqctl", "bash"
        ),
        start_s=60,
        stop=Stop("SIGTERM", 60, clean=True),
        data=("/var/lib/rabbitmq", "/bitnami/rabbitmq"),
        home=homes({"rabbitmq": "/var/lib/rabbitmq"}),
        named_by_host=True,
        durable=always,
        root=Root.DROPS,
        user="999:999",
        secrets=(Secret("RABBITMQ_DEFAULT_PASS", "RABBITMQ_DEFAULT_PASS_FILE", default="guest"),),
        metrics=Metrics(15692, told=always, job="rabbitmq"),
        # https://endoflife.date/rabbitmq (community support)
        ended=(
            EndOfLife("3", "2024-09-17"),
            EndOfLife("4.0", "2025-04-15"),
            EndOfLife("4.1", "2026-01-30"),
            EndOfLife("4.2", "2026-07-31"),
        ),
    ),
)
