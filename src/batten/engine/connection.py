"""The line to one engine, over the Docker SDK.

Importing this module takes 0.12 s, which is what importing the SDK takes: `Engine.connect` does so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from docker import APIClient
from docker.tls import TLSConfig

from batten.engine.address import Address
from batten.engine.faults import OLDEST_API, told, too_old

# Seconds: how long an engine may think about its first answer, and about any other.
_GREETING, _ANSWER = 10, 60


class Connection:
    """An engine that answered, in an API that Batten speaks."""

    def __init__(self, api: APIClient, address: Address) -> None:
        self.api = api
        self.address = address

    @classmethod
    def open(cls, address: Address) -> Self:
        """Raise EngineError or NotAllowed where there is nothing to talk to."""
        with told(address):
            found = cls(_client(address, "auto", _GREETING), address)
            found._refuse_old()
        found.api.timeout = _ANSWER
        return found

    def _refuse_old(self) -> None:
        if _number(self.api.api_version) < _number(OLDEST_API):
            engine = self.api.version(api_version=False).get("Version", "of unknown age")
            raise too_old(self.api.api_version, engine, self.address)

    @contextmanager
    def asking(self) -> Iterator[APIClient]:
        """The SDK's client, whose every error leaves the block as one of Batten's."""
        with told(self.address):
            yield self.api

    def with_patience(self, seconds: int) -> "Connection":
        """A second line to the same engine that waits no longer than this for an answer."""
        with told(self.address):
            return Connection(_client(self.address, self.api.api_version, seconds), self.address)

    def close(self) -> None:
        """Hang up."""
        self.api.close()


def _client(address: Address, version: str, timeout: int) -> APIClient:
    return APIClient(base_url=address.url, version=version, timeout=timeout, tls=_tls(address))


def _tls(address: Address) -> TLSConfig | bool:
    folder = address.certificates
    if folder is None or address.socket:
        return False
    own = (str(folder / "cert.pem"), str(folder / "key.pem"))
    return TLSConfig(
        client_cert=own if Path(own[0]).exists() else None,
        ca_cert=str(folder / "ca.pem") if address.verify else None,
        verify=address.verify,
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
