"""Alertmanager."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB, go_demand, go_settings
from batten.catalog.software import Kind, Language, Metrics, Root, Software, Stop, always, fixed

SOFTWARE = (
    Software(
        name="alertmanager",
        title="Alertmanager",
        kind=Kind.ALERTS,
        tier=tier.AGENT,
        names=("alertmanager",),
        programs=("alertmanager",),
        ports=(9093,),
        language=Language.GO,
        floor=32 * MIB,
        demand=go_demand,
        settings=go_settings,
        health=fixed("CMD-SHELL", "wget -q --spider http://127.0.0.1:9093/-/ready"),
        inside=contents.images({"prom/alertmanager": contents.BUSYBOX}, "amtool"),
        stop=Stop("SIGTERM", 10, clean=True),
        data=("/alertmanager",),
        root=Root.NEVER,
        user="65534:65534",
        capabilities=(),
        metrics=Metrics(9093, told=always, job="alertmanager"),
    ),
)
