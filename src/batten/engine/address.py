"""Where the engine listens."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from batten.errors import EngineError

DEFAULT = "unix:///var/run/docker.sock"


class Address(msgspec.Struct, frozen=True):
    """An engine's URL, who named it, and the folder of its TLS certificates where it has one."""

    url: str
    named_by: str | None = None
    certificates: Path | None = None
    verify: bool = True

    @classmethod
    def find(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Look where the `docker` command looks: DOCKER_HOST, then its context, then the default.

        Raise EngineError where what is found there is no address.
        """
        found = cls._named(environment)
        _refuse_unusable(found)
        return found

    @classmethod
    def _named(cls, environment: Mapping[str, str]) -> Self:
        if host := environment.get("DOCKER_HOST"):
            return cls(host, "DOCKER_HOST", *_certificates(environment))
        if context := environment.get("DOCKER_CONTEXT"):
            return cls._of_context(context, "DOCKER_CONTEXT", _folder(environment))
        if context := _read(_folder(environment) / "config.json").get("currentContext"):
            return cls._of_context(context, f"the Docker context `{context}`", _folder(environment))
        return cls(DEFAULT)

    @classmethod
    def _of_context(cls, name: str, named_by: str, folder: Path) -> Self:
        if name == "default":
            return cls(DEFAULT)
        key = hashlib.sha256(name.encode()).hexdigest()
        meta = _read(folder / "contexts" / "meta" / key / "meta.json")
        endpoint = meta.get("Endpoints", {}).get("docker", {})
        if not endpoint.get("Host"):
            raise EngineError(
                f"the Docker context `{name}` does not say where its engine is",
                hint="`docker context ls` shows the contexts there are",
            )
        tls = folder / "contexts" / "tls" / key / "docker"
        verify = not endpoint.get("SkipTLSVerify", False)
        return cls(endpoint["Host"], named_by, tls if tls.is_dir() else None, verify)

    @property
    def socket(self) -> Path | None:
        """The socket file, None where the engine is reached over a network."""
        scheme, _, path = self.url.partition("://")
        return Path(path) if scheme == "unix" else None

    @property
    def host(self) -> str:
        """Where ports are reached that are published on every address of the engine's machine."""
        return "127.0.0.1" if self.socket else (urlsplit(self.url).hostname or "127.0.0.1")

    def __str__(self) -> str:
        where = f"`{self.socket or self.url}`"
        return f"{where} (from {self.named_by})" if self.named_by else where


def _refuse_unusable(address: Address) -> None:
    scheme, _, rest = address.url.partition("://")
    if scheme == "ssh":
        raise EngineError(
            f"Batten does not reach engines over SSH: {address}",
            hint="run it on that machine, or forward its socket: "
            "`ssh -L /tmp/docker.sock:/var/run/docker.sock …`",
        )
    is_host = scheme in {"tcp", "http", "https"} and _has_port(address.url)
    if not (is_host or (scheme == "unix" and rest.startswith("/"))):
        raise EngineError(
            f"{address} is no address of an engine",
            hint="write `unix:///var/run/docker.sock` or `tcp://host:port`",
        )


def _has_port(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname and parts.port)
    except ValueError:
        return False


def _folder(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("DOCKER_CONFIG") or Path.home() / ".docker")


def _certificates(environment: Mapping[str, str]) -> tuple[Path | None, bool]:
    """As the `docker` command does: any DOCKER_TLS_VERIFY means TLS, an empty one no checking."""
    verify = bool(environment.get("DOCKER_TLS_VERIFY"))
    folder = environment.get("DOCKER_CERT_PATH") or (_folder(environment) if verify else None)
    return (Path(folder) if folder else None), verify


def _read(file: Path) -> dict[str, Any]:
    """A JSON object, empty where there is none: the `docker` command goes on without it, too."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
