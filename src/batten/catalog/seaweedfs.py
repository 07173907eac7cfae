"""SeaweedFS."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB, go_demand, go_settings
from batten.catalog.software import Kind, Language, Metrics, Software, Stop, fixed
from batten.model import Service

# Parts that hold objects; the gateways and the master only know where these are.
_HOLDERS = {"server", "volume", "mini"}


def durable(service: Service) -> bool:
    """Whether it is a part, or the whole, that holds objects."""
    given = service.command or ()
    return not given or bool(_HOLDERS & set(given))


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
        durable=durable,
        metrics=Metrics(9327),
    ),
)
