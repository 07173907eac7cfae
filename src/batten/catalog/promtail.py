"""Promtail, which ended on 2 March 2026."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB, go_demand, go_settings
from batten.catalog.software import Kind, Language, Metrics, Root, Software, Stop, fixed

SOFTWARE = (
    Software(
        name="promtail",
        title="Promtail",
        kind=Kind.SHIPPER,
        tier=tier.AGENT,
        names=("promtail",),
        programs=("promtail",),
        ports=(9080,),
        language=Language.GO,
        floor=48 * MIB,
        demand=go_demand,
        settings=go_settings,
        # The image has bash and no fetcher.
        health=fixed(
            "CMD",
            "bash",
            "-c",
            "exec 3<>/dev/tcp/127.0.0.1/9080 && printf 'GET /ready HTTP/1.0\\r\\n\\r\\n' >&3 "
            "&& grep -q '200 OK' <&3",
        ),
        inside=contents.images({"grafana/promtail": contents.DEBIAN}),
        stop=Stop("SIGTERM", 10, clean=True),
        data=("/var/lib/promtail",),
        root=Root.STAYS,
        metrics=Metrics(9080),
    ),
)
