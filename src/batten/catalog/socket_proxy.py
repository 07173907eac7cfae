"""What passes on a part of the engine's socket."""

from batten.catalog import tier
from batten.catalog.software import Kind, Software

SOFTWARE = (
    Software(
        name="socket-proxy",
        title="a proxy for the engine's socket",
        kind=Kind.APPLICATION,
        tier=tier.AGENT,
        images=(
            "tecnativa/docker-socket-proxy",
            "wollomatic/socket-proxy",
            "linuxserver/socket-proxy",
            "11notes/socket-proxy",
        ),
        guards_engine=True,
    ),
)
