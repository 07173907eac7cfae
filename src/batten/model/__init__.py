"""What a stack is: frozen, typed, decoded from the JSON that Compose itself prints."""

from batten.model.build import Build
from batten.model.deploy import Deploy, Quantities, Resources, RestartPolicy
from batten.model.duration import Duration
from batten.model.healthcheck import Healthcheck
from batten.model.host import Host
from batten.model.logging import Logging
from batten.model.mount import Mount
from batten.model.port import Port
from batten.model.position import Position
from batten.model.restart import Restart
from batten.model.service import Dependency, Service
from batten.model.stack import Stack
from batten.model.volume import Volume

__all__ = [
    "Build",
    "Dependency",
    "Deploy",
    "Duration",
    "Healthcheck",
    "Host",
    "Logging",
    "Mount",
    "Port",
    "Position",
    "Quantities",
    "Resources",
    "Restart",
    "RestartPolicy",
    "Service",
    "Stack",
    "Volume",
]
