"""What the shipper asks the Docker engine, over its socket."""

import http.client
import json
import socket
import time
from typing import Any

SOCKET = "/var/run/docker.sock"
_TIMEOUT_S = 5.0
_KEEP_S = 10.0


class Engine:
    """Questions that the engine answers without waiting for any container.

    `get` raises OSError, HTTPException or ValueError where there is no answer.
    """

    def __init__(self, path: str = SOCKET) -> None:
        self._path = path
        self._containers: frozenset[str] | None = None
        self._until = 0.0

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON of the engine
        """What the engine says about a path of its API."""
        connection = _Connection(self._path)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            if answer.status != http.HTTPStatus.OK:
                raise OSError(f"the engine answered {answer.status}")
            return json.loads(answer.read())
        finally:
            connection.close()

    def exists(self, container: str) -> bool | None:
        """Whether there is such a container, running or not; None where nobody can say."""
        if time.monotonic() >= self._until:
            self._containers = self._list()
            self._until = time.monotonic() + _KEEP_S
        return None if self._containers is None else container in self._containers

    def _list(self) -> frozenset[str] | None:
        try:
            return frozenset(one["Id"] for one in self.get("/containers/json?all=1"))
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
            return None


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("engine", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
