"""Prometheus and its relatives that keep metrics."""

from batten.catalog import contents, tier
from batten.catalog.reference import Reference
from batten.catalog.sizing import MIB, Setting, go_demand, go_settings
from batten.catalog.software import (
    Kind,
    Language,
    Metrics,
    Root,
    Software,
    Stop,
    always,
    fixed,
    homes,
)
from batten.model import Service


def fits_itself(service: Service) -> bool:
    """Since version 3 `GOMEMLIMIT` is set from the container's limit (its 3.0 migration guide)."""
    return not Reference.parse(service.image or "").older_than(3)


def settings(service: Service, limit: int) -> tuple[Setting, ...]:
    """Nothing for version 3, which reads its limit itself."""
    return () if fits_itself(service) else go_settings(service, limit)


SOFTWARE = (
    Software(
        name="prometheus",
        title="Prometheus",
        kind=Kind.METRICS,
        tier=tier.MONITORING,
        images=("victoriametrics/victoria-metrics",),
        names=("prometheus",),
        programs=("prometheus",),
        ports=(9090,),
        language=Language.GO,
        floor=128 * MIB,
        fits_itself=fits_itself,
        demand=go_demand,
        settings=settings,
        health=fixed("CMD-SHELL", "wget -q --spider http://127.0.0.1:9090/-/ready"),
        inside=contents.images({"prom/prometheus": contents.BUSYBOX}, "promtool"),
        start_s=30,
        stop=Stop("SIGTERM", 60, clean=True),
        data=("/prometheus",),
        home=homes({"prom/prometheus": "/prometheus"}),
        durable=always,
        root=Root.NEVER,
        user="65534:65534",
        capabilities=(),
        metrics=Metrics(9090, told=always, job="prometheus"),
    ),
)
