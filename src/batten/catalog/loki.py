"""Loki."""

from batten.catalog import contents, tier
from batten.catalog.contents import Contents
from batten.catalog.reference import Reference
from batten.catalog.sizing import MIB, go_demand, go_settings
from batten.catalog.software import (
    Kind,
    Language,
    Metrics,
    Root,
    Software,
    Stop,
    Test,
    always,
    homes,
)
from batten.model import Service


def inside(image: Reference) -> Contents:
    """Since 3.6.0 the image is the program and nothing else."""
    if image.path != "grafana/loki":
        return contents.UNKNOWN
    if image.older_than(3, 6):
        return contents.ALPINE
    return contents.BARE.plus("loki")


def health(service: Service) -> Test | None:
    """Its own probe came with 3.6.5; 3.6.0 to 3.6.4 have nothing to ask with."""
    image = Reference.parse(service.image or "")
    if image.older_than(3, 6):
        return ("CMD-SHELL", "wget -q --spider http://127.0.0.1:3100/ready")
    if len(image.version) == 3 and image.older_than(3, 6, 5):
        return None
    return ("CMD", "/usr/bin/loki", "-health")


SOFTWARE = (
    Software(
        name="loki",
        title="Loki",
        kind=Kind.LOGS,
        tier=tier.MONITORING,
        names=("loki",),
        programs=("loki",),
        ports=(3100,),
        language=Language.GO,
        floor=128 * MIB,
        demand=go_demand,
        settings=go_settings,
        health=health,
        inside=inside,
        # A stock single binary is ready after about 16 s.
        start_s=45,
        stop=Stop("SIGTERM", 30, clean=True),
        data=("/loki",),
        home=homes({"grafana/loki": "/loki"}),
        durable=always,
        config=("-config.file=*", "--config.file=*", "/etc/loki*"),
        root=Root.NEVER,
        user="10001:10001",
        capabilities=(),
        metrics=Metrics(3100, told=always, job="loki"),
    ),
)
