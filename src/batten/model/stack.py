"""A whole stack."""

from typing import Any

import msgspec

from batten.model.service import Service
from batten.model.volume import Volume


class Stack(msgspec.Struct, frozen=True):
    """The merged, interpolated truth of a stack's Compose files.

    `extensions` is the top-level `x-batten`: what its files say to Batten alone.
    """

    name: str
    services: dict[str, Service] = {}
    volumes: dict[str, Volume] = {}
    extensions: dict[str, Any] = msgspec.field(name="x-batten", default_factory=dict)

    @property
    def left_out(self) -> dict[str, str]:
        """The reason, by service, why it has no container here (`x-batten: {left-out: …}`)."""
        reasons = self.extensions.get("left-out", {})
        return {name: str(why) for name, why in reasons.items() if name in self.services}

    @property
    def running_services(self) -> dict[str, Service]:
        """The services that have at least one container when the stack is up."""
        return {name: service for name, service in self.services.items() if service.replicas > 0}
