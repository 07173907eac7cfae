"""How Batten's log driver is, as it tells itself."""

from collections.abc import Iterable
from typing import Self

import msgspec

from batten.engine.plugin import Plugin
from batten.errors import EngineError

# The driver has the host's network, and listens on its loopback.
ADDRESS = ("127.0.0.1", 9713)
# Seconds. It answers from memory; whoever asks beside other things does not wait for one that hangs.
_PATIENCE, _HURRY = 5.0, 0.05

# The engine's own drivers; what has another name is a plugin, and may bring lines to Loki.
BUILT_IN = frozenset(
    (
        "awslogs",
        "etwlogs",
        "fluentd",
        "gcplogs",
        "gelf",
        "journald",
        "json-file",
        "local",
        "none",
        "splunk",
        "syslog",
    )
)


class Shipped(msgspec.Struct, frozen=True):
    """What the driver has of one container: taken from it, shipped to Loki, and still to ship."""

    id: str
    name: str = ""
    project: str = ""
    service: str = ""
    state: str = "running"
    accepted_bytes: int = 0
    shipped_lines: int = 0
    shipped_bytes: int = 0
    behind_bytes: int = 0
    behind_s: float = 0
    dropped_lines: int = 0
    quarantined_lines: int = 0
    last_error: str | None = None
    loki_url: str | None = None


class DriverStatus(msgspec.Struct, frozen=True):
    """The driver's version, and how far it is with each container that logs through it."""

    version: str = ""
    containers: tuple[Shipped, ...] = ()

    def only(self, project: str) -> Self:
        """The same of one project's containers."""
        own = tuple(one for one in self.containers if one.project == project)
        return msgspec.structs.replace(self, containers=own)


def ask(*, hurry: bool = False) -> DriverStatus | None:
    """What the driver on this machine says; None where none answers."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(*ADDRESS, timeout=_HURRY if hurry else _PATIENCE)
    try:
        connection.request("GET", "/status")
        answer = connection.getresponse()
        if answer.status != 200:
            return None
        return msgspec.json.decode(answer.read(), type=DriverStatus)
    except (OSError, HTTPException, msgspec.DecodeError):
        return None
    finally:
        connection.close()


def behind_s(project: str) -> float | None:
    """Seconds that the oldest line of a project has waited to be shipped; None: nobody knows."""
    found = ask(hurry=True) or DriverStatus()
    return max((one.behind_s for one in found.only(project).containers), default=None)


def is_own(plugin: Plugin) -> bool:
    """Whether a plugin is Batten's driver, under whatever name."""
    from batten.logs.install import PROGRAM

    return PROGRAM in plugin.environment


def unasked(drivers: Iterable[str], *, local: bool, name: str) -> EngineError:
    """Why there is nothing to tell about the driver."""
    if name not in drivers:
        return EngineError(
            f"the engine has no log driver `{name}` that is enabled",
            hint="install Batten's: `batten logs install`; what there is: `docker plugin ls`",
        )
    if not local:
        return EngineError(
            "the log driver cannot be asked from here: the engine runs on another machine, and the "
            "driver answers on that machine's loopback",
            hint="run `batten logs status` there",
        )
    return EngineError(
        f"nothing answers at {ADDRESS[0]}:{ADDRESS[1]}: the log driver `{name}` of this engine is not "
        "Batten's, or its address was changed",
        hint=f"see whose it is: `docker plugin inspect {name}`",
    )
