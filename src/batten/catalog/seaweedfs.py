"""SeaweedFS."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB, go_demand, go_settings
from batten.catalog.software import Kind, Language, Metrics, Software, Stop, always, fixed

SOFTWARE = (
    Software(
        name="seaweedfs",
        title="SeaweedFS",
        kind=Kind.OBJECTS,
        tier=tier.STORE,
        names=("seaweedfs",),
        programs=("weed",),
        ports=(8333, 9333, 8080, 8888),
        language=Language.GO,
        floor=128 * MIB,
        demand=go_demand,
        settings=go_settings,
        health=fixed("CMD-SHELL", "wget -q --spider http://127.0.0.1:9333/cluster/healthz"),
        inside=contents.images({"chrislusf/seaweedfs": contents.ALPINE.plus("curl", "weed")}),
        stop=Stop("SIGTERM", 30),
        data=("/data",),
        durable=always,
        metrics=Metrics(9327),
    ),
)
