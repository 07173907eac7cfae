"""Grafana Alloy."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB
from batten.catalog.software import Kind, Language, Metrics, Root, Software, Stop, fixed

SOFTWARE = (
    Software(
        name="alloy",
        title="Grafana Alloy",
        kind=Kind.SHIPPER,
        tier=tier.AGENT,
        names=("alloy",),
        programs=("alloy",),
        ports=(12345,),
        language=Language.GO,
        floor=96 * MIB,
        health=fixed(
            "CMD",
            "bash",
            "-c",
            "exec 3<>/dev/tcp/127.0.0.1/12345 && printf 'GET /-/ready HTTP/1.0\\r\\n\\r\\n' >&3 "
            "&& grep -q '200 OK' <&3",
        ),
        inside=contents.images({"grafana/alloy": contents.DEBIAN}),
        stop=Stop("SIGTERM", 10, clean=True),
        data=("/var/lib/alloy",),
        root=Root.STAYS,
        metrics=Metrics(12345),
    ),
)
