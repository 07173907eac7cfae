"""Managed plugins: programs that the engine itself runs, each in a root file system of its own."""

import io
import tarfile
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Self

import msgspec

from batten.engine.refusal import Refused, refusal

if TYPE_CHECKING:
    from docker import APIClient

    from batten.engine.connection import Connection

_ROOT = "rootfs"
_PIECE = 1 << 20


class Plugin(msgspec.Struct, frozen=True):
    """A plugin as the engine knows it, without the tag `latest` that is left out everywhere.

    `environment` and `sources` (of its mounts, by their names) are what is set now. `changed` is
    what somebody has set otherwise than it came, as `set_plugin` takes it.
    """

    name: str
    id: str
    enabled: bool
    environment: dict[str, str] = {}
    sources: dict[str, str] = {}
    changed: dict[str, str] = {}
    settable: frozenset[str] = frozenset()

    @classmethod
    def from_inspect(cls, found: Mapping[str, Any]) -> Self:
        """Read the engine's answer to `GET /plugins/NAME/json`."""
        settings, config = found["Settings"], found["Config"]
        pairs = (entry.partition("=") for entry in settings.get("Env") or ())
        environment = {name: value for name, _, value in pairs}
        sources = {one["Name"]: one.get("Source") or "" for one in settings.get("Mounts") or ()}
        variables, mounts = config.get("Env") or (), config.get("Mounts") or ()
        came = {one["Name"]: one.get("Value") or "" for one in variables}
        came |= {f"{one['Name']}.source": one.get("Source") or "" for one in mounts}
        now = environment | {f"{name}.source": source for name, source in sources.items()}
        return cls(
            name=plain_name(found["Name"]),
            id=found["Id"],
            enabled=found["Enabled"],
            environment=environment,
            sources=sources,
            changed={name: value for name, value in now.items() if came.get(name) != value},
            settable=frozenset(
                [one["Name"] for one in variables if one.get("Settable")]
                + [f"{one['Name']}.source" for one in mounts if one.get("Settable")]
            ),
        )


def plain_name(name: str) -> str:
    """The name of a plugin or log driver as people write it."""
    return name.removesuffix(":latest")


def inspect(connection: "Connection", name: str) -> Plugin | None:
    """A plugin, None where the engine has none of that name."""
    try:
        with connection.asking() as api:
            return Plugin.from_inspect(api.inspect_plugin(name))  # type: ignore[no-untyped-call]
    except Refused as error:
        if error.not_found:
            return None
        raise


def create(
    connection: "Connection", name: str, root_file_system: IO[bytes], config: Mapping[str, Any]
) -> None:
    """Make a plugin of a root file system, a tar that is streamed, and its configuration."""
    with connection.asking() as api:
        _create(api, name, _plugin_tar(root_file_system, msgspec.json.encode(config)))


def _create(api: "APIClient", name: str, tar: Iterator[bytes]) -> None:
    answer = api.post(
        f"{api.base_url}/v{api.api_version}/plugins/create",
        params={"name": name},
        data=tar,
        headers={"Content-Type": "application/x-tar"},
        # The engine answers when it has packed all of it.
        timeout=None,
    )
    if answer.status_code >= 400:
        raise refusal(_reason(answer.text), answer.status_code)


def _reason(answer: str) -> str:
    try:
        return str(msgspec.json.decode(answer)["message"])
    except (msgspec.DecodeError, TypeError, KeyError):
        return answer


def _plugin_tar(root_file_system: IO[bytes], config: bytes) -> Iterator[bytes]:
    """The two as the engine wants them in one tar, piece by piece."""
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=made, mode="w|") as tar,
        tarfile.open(fileobj=root_file_system, mode="r|") as source,
    ):
        entry = tarfile.TarInfo("config.json")
        entry.size = len(config)
        tar.addfile(entry, io.BytesIO(config))
        for member in source:
            content = source.extractfile(member) if member.isreg() else None
            tar.addfile(_below_root(member), content)
            if made.tell() > _PIECE:
                yield _taken(made)
    yield _taken(made)


def _below_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.name = f"{_ROOT}/{member.name}"
    if member.islnk():
        # A hard link names a file of the same tar.
        member.linkname = f"{_ROOT}/{member.linkname}"
    member.pax_headers = {}
    return member


def _taken(buffer: io.BytesIO) -> bytes:
    """All that is in a buffer, which is empty then."""
    piece = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return piece


class Pieces(io.RawIOBase):
    """What comes in pieces, as a file that is read from its beginning to its end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  # what io calls a writable buffer
        """Fill `buffer` with what has come."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def export(api: "APIClient", container: str) -> IO[bytes]:
    """A container's root file system, as a tar that is streamed."""
    return io.BufferedReader(Pieces(iter(api.export(container))), _PIECE)
