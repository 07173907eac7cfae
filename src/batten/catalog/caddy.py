"""Caddy."""

from batten.catalog import contents, tier
from batten.catalog.reference import Reference
from batten.catalog.sizing import MIB, go_demand, go_settings
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


def knows_its_limit(service: Service) -> bool:
    """Since 2.10 it sets `GOMEMLIMIT` to 90 % of its limit (caddyserver/caddy#6809)."""
    return not Reference.parse(service.image or "").older_than(2, 10)


SOFTWARE = (
    Software(
        name="caddy",
        title="Caddy",
        kind=Kind.EDGE,
        tier=tier.EDGE,
        names=("caddy",),
        programs=("caddy",),
        ports=(443, 80),
        language=Language.GO,
        floor=32 * MIB,
        demand=go_demand,
        settings=go_settings,
        knows_its_limit=knows_its_limit,
        health=fixed("CMD-SHELL", "wget -q --spider http://127.0.0.1:2019/config/"),
        inside=contents.images({"caddy": contents.ALPINE.plus("curl")}),
        stop=Stop("SIGTERM", 30, clean=True),
        # Certificates: asking for them anew runs into the authority's limits.
        data=("/data",),
        home=homes({"caddy": "/data"}),
        durable=always,
        root=Root.STAYS,
        capabilities=("NET_BIND_SERVICE",),
        metrics=Metrics(2019),
    ),
)
