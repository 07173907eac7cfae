"""Grafana."""

from batten.catalog import contents, tier
from batten.catalog.sizing import MIB, go_demand, go_settings
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
        name="grafana",
        title="Grafana",
        kind=Kind.DASHBOARD,
        tier=tier.DASHBOARD,
        names=("grafana",),
        programs=("grafana", "grafana-server"),
        ports=(3000,),
        language=Language.GO,
        floor=128 * MIB,
        demand=go_demand,
        settings=go_settings,
        health=fixed("CMD-SHELL", "wget -q --spider http://127.0.0.1:3000/api/health"),
        inside=contents.images(
            {
                # curl is left open: it was in some releases and not in others.
                "grafana/grafana": contents.ALPINE.plus("bash", "curl"),
                "grafana/grafana-oss": contents.ALPINE.plus("bash", "curl"),
            }
        ),
        start_s=30,
        stop=Stop("SIGTERM", 30, clean=True),
        data=("/var/lib/grafana",),
        home=homes(dict.fromkeys(("grafana/grafana", "grafana/grafana-oss"), "/var/lib/grafana")),
        durable=always,
        root=Root.NEVER,
        user="472:0",
        capabilities=(),
        secrets=(
            Secret(
                "GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD__FILE", default="admin"
            ),
            Secret("GF_DATABASE_PASSWORD", "GF_DATABASE_PASSWORD__FILE"),
        ),
        metrics=Metrics(3000, told=always, job="grafana"),
        # https://endoflife.date/grafana
        ended=(
            EndOfLife("6", "2021-06-08"),
            EndOfLife("7", "2022-06-14"),
            EndOfLife("8", "2023-06-09"),
            EndOfLife("9", "2024-05-14"),
            EndOfLife("10", "2025-06-05"),
            EndOfLife("11", "2026-06-25"),
        ),
    ),
)
