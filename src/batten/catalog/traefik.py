"""Traefik."""

from batten.catalog import commandline, contents, tier
from batten.catalog.sizing import MIB, go_demand, go_settings
from batten.catalog.software import (
    EndOfLife,
    Kind,
    Language,
    Metrics,
    Root,
    Software,
    Stop,
    Test,
    always,
)
from batten.model import Service


def health(service: Service) -> Test | None:
    """Its own probe, which answers only where `--ping` is on."""
    told = any(word.startswith("--ping") for word in commandline.words(service))
    if told or service.environment.get("TRAEFIK_PING") == "true":
        return ("CMD", "traefik", "healthcheck", "--ping")
    return None


SOFTWARE = (
    Software(
        name="traefik",
        title="Traefik",
        kind=Kind.EDGE,
        tier=tier.EDGE,
        names=("traefik",),
        programs=("traefik",),
        ports=(80, 443, 8080),
        language=Language.GO,
        floor=48 * MIB,
        demand=go_demand,
        settings=go_settings,
        health=health,
        inside=contents.images({"traefik": contents.ALPINE.plus("traefik")}),
        stop=Stop("SIGTERM", 30, clean=True),
        data=("/letsencrypt", "/acme.json"),
        durable=always,
        config=("--configfile*", "--configFile*", "/etc/traefik*"),
        root=Root.STAYS,
        capabilities=("NET_BIND_SERVICE",),
        metrics=Metrics(8080),
        # https://endoflife.date/traefik: the last of each major version
        ended=(EndOfLife("1", "2021-12-31"), EndOfLife("2", "2026-02-01")),
    ),
)
