"""Where `loki` is: the services of the container's own Compose project, asked of the engine.

The driver lives in the host's network, where the names of a project's network mean nothing. The
addresses of its containers do: a bridge network can be reached from its host.
"""

import http.client
import json
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from batten.driver.shipper.engine import Engine

# Asked again so often while pushes succeed; at once when one does not reach Loki.
_KEEP_S = 60.0
_PROJECT, _SERVICE = "com.docker.compose.project", "com.docker.compose.service"
_LOOPBACK = "127.0.0.1"


class Found(NamedTuple):
    """An address to connect to, and how it was found, for the status."""

    address: str
    how: str


class Resolver:
    """Finds one host name for the containers of one project.

    A name with a dot, `localhost`, an address and a name that is no service are left to the
    system's own resolver.
    """

    def __init__(self, host: str, project: str, engine: Engine) -> None:
        self._host = host
        self._project = project
        self._engine = engine
        self._found = Found(host, "as written")
        self._until = 0.0
        self._turn = 0
        self.is_name = bool(project) and "." not in host and ":" not in host and host != "localhost"

    def find(self) -> Found:
        """Where to connect now."""
        if self.is_name and time.monotonic() >= self._until:
            self._found = self._ask()
            self._until = time.monotonic() + _KEEP_S
        return self._found

    def forget(self) -> None:
        """Nobody answered there: ask anew, and take the next container of several."""
        self._until = 0.0
        self._turn += 1

    def _ask(self) -> Found:
        try:
            addresses = sorted(set(self._addresses()))
        except (OSError, http.client.HTTPException, ValueError, LookupError):
            return Found(self._host, "the engine could not be asked: DNS")
        if not addresses:
            return Found(self._host, f"no running service of project {self._project}: DNS")
        address = addresses[self._turn % len(addresses)]
        return Found(address, f"service {self._host} of project {self._project}")

    def _addresses(self) -> Iterator[str]:
        labels = [f"{_PROJECT}={self._project}", f"{_SERVICE}={self._host}"]
        wanted = json.dumps({"label": labels, "status": ["running"]})
        for container in self._engine.get(f"/containers/json?filters={quote(wanted)}"):
            if (container.get("HostConfig") or {}).get("NetworkMode") == "host":
                yield _LOOPBACK
            for network in (container["NetworkSettings"]["Networks"] or {}).values():
                address = network.get("IPAddress")
                if address and self._reachable(network["NetworkID"]):
                    yield address

    def _reachable(self, network: str) -> bool:
        return bool(self._engine.get(f"/networks/{network}")["Driver"] == "bridge")
