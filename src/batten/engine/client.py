"""The engine, as everything else in Batten asks it."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Self

from batten.engine import label
from batten.engine.address import Address
from batten.engine.archive import import_tar
from batten.engine.build import build
from batten.engine.container import Container
from batten.engine.host import Host
from batten.engine.image import Image
from batten.engine.logs import Output, Span, outputs
from batten.engine.plugin import Plugin, create, export, inspect, plain_name
from batten.engine.project import ComposeProject, projects
from batten.engine.pull import pull
from batten.engine.reach import reach
from batten.engine.reference import registry
from batten.engine.refusal import Refused, Silent
from batten.engine.registry import plain_reason
from batten.errors import EngineError

if TYPE_CHECKING:
    from batten.engine.connection import Connection

# Seconds that a registry may take to say whether it has an image.
_REGISTRY_PATIENCE = 5


class Engine:
    """A container engine that answered.

    Every method raises EngineError where the engine cannot be reached or says no, NotAllowed
    where it does not let this user, DiskFull where its disk is full.
    """

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    @classmethod
    def connect(cls) -> Self:
        """The engine that the `docker` command would talk to."""
        # The SDK takes 0.12 s to import, which `batten --help` does not have.
        from batten.engine.connection import Connection

        return cls(Connection.open(Address.find()))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def host(self) -> Host:
        """The machine it runs on."""
        with self._connection.asking() as api:
            plugins = api.plugins()  # type: ignore[no-untyped-call]
            return Host.from_info(api.info(), plugins, api.api_version, self._connection.address)

    def containers(self, project: str) -> tuple[Container, ...]:
        """A project's containers in every state, by service and number; one-off ones left out."""
        found = self._inspected(self._listed(f"{label.PROJECT}={project}"))
        return tuple(sorted(found, key=lambda one: (one.service, one.number)))

    def holders(self) -> dict[tuple[int, str], Container]:
        """Which container of any project holds a host port, by port and protocol.

        Ports without a listening process are among them: an engine can do without.
        """
        with self._connection.asking() as api:
            running = api.containers(filters={"status": "running"})
        publishing = [one for one in running if any("PublicPort" in port for port in one["Ports"])]
        return {
            (port.host_port, port.protocol): container
            for container in self._inspected(publishing)
            for port in container.ports
        }

    def projects(self) -> dict[str, ComposeProject]:
        """The Compose projects that have containers, running or not, by name."""
        return projects(self._listed(label.PROJECT))

    def volumes(self, project: str) -> tuple[str, ...]:
        """The engine's names of a project's volumes."""
        with self._connection.asking() as api:
            found = api.volumes(filters={"label": f"{label.PROJECT}={project}"})
        return tuple(sorted(volume["Name"] for volume in found.get("Volumes") or ()))

    def logs(self, container_id: str, tail: int) -> list[str]:
        """The last lines of a container's output and errors, merged.

        Nothing where its log driver cannot be read.
        """
        try:
            with self._connection.asking() as api:
                text = api.logs(container_id, stdout=True, stderr=True, tail=tail)
        except Refused as error:
            if "does not support reading" in error.reason:
                return []
            raise
        lines = text.decode(errors="replace").replace("\r\n", "\n").split("\n")
        return lines[:-1] if lines[-1] == "" else lines

    def outputs(self, container: Container, span: Span) -> Iterator[Output]:
        """The lines of a container, which see `engine.logs`."""
        return outputs(self._connection, container.id, span, tty=container.tty)

    def reach(self, container: Container, port: int) -> str | None:
        """`host:port` at which this process reaches a container's port; None where it cannot."""
        return reach(self._connection.address, container, port, self.host)

    def image(self, reference: str) -> Image | None:
        """An image that the engine has, None where it has not."""
        try:
            with self._connection.asking() as api:
                found = api.inspect_image(reference)  # type: ignore[no-untyped-call]
                return Image.from_inspect(found)
        except Refused as error:
            if error.not_found:
                return None
            raise

    def import_image(
        self,
        tar: IO[bytes] | Iterable[bytes],
        tag: str,
        labels: Mapping[str, str],
        changes: Iterable[str] = (),
    ) -> Image:
        """Make an image of a root file system; `changes` are instructions of a Dockerfile."""
        import_tar(self._connection, tar, tag, labels, changes)
        return self._made(tag)

    def build(  # noqa: PLR0913  # a build has that many inputs
        self,
        context_tar: IO[bytes],
        tag: str,
        *,
        dockerfile: str = "Dockerfile",
        args: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        target: str | None = None,
        no_cache: bool = False,
        on_line: Callable[[str], None] = lambda _: None,
    ) -> Image:
        """Build an image from a tar with a Dockerfile in it, telling each line of its output.

        Raise ImageError with the last lines where a step fails.
        """
        build(
            self._connection,
            context_tar,
            tag,
            on_line,
            dockerfile=dockerfile,
            buildargs=dict(args or {}),
            labels=dict(labels or {}),
            target=target,
            nocache=no_cache,
        )
        return self._made(tag)

    def plugin(self, name: str) -> Plugin | None:
        """A managed plugin, None where the engine has none of that name."""
        return inspect(self._connection, name)

    def create_plugin(self, name: str, image: str, config: Mapping[str, Any]) -> None:
        """Make a plugin of an image's files and a plugin's `config.json`; it is not enabled yet."""
        with self._connection.asking() as api:
            container = api.create_container(image, ["none"])["Id"]
            try:
                create(self._connection, name, export(api, container), config)
            finally:
                api.remove_container(container, v=True)

    def set_plugin(self, name: str, settings: Mapping[str, str]) -> None:
        """Change settings of a plugin that is not enabled."""
        with self._connection.asking() as api:
            api.configure_plugin(name, dict(settings))  # type: ignore[no-untyped-call]

    def enable_plugin(self, name: str) -> None:
        """Start a plugin; it is started with the engine from then on.

        Without the limit that the `docker` command sets, of 30 s for every answer: `docker logs
        --follow` is one answer.
        """
        with self._connection.asking() as api:
            api.enable_plugin(name, timeout=0)

    def disable_plugin(self, name: str) -> None:
        """Stop a plugin; raise EngineError while containers use it."""
        with self._connection.asking() as api:
            api.disable_plugin(name)

    def remove_plugin(self, name: str) -> None:
        """Remove a plugin that is not enabled; what lies outside its root file system stays."""
        with self._connection.asking() as api:
            api.remove_plugin(name)

    def run(self, image: str, command: Iterable[str], binds: Mapping[str, str]) -> int:
        """Run a container to its end and remove it; return its exit code.

        `binds` are folders of the engine's host, made where they are missing, by their place in
        the container. It has no network and no log.
        """
        from docker.types import LogConfig

        with self._connection.asking() as api:
            host = api.create_host_config(
                binds=[f"{source}:{place}" for place, source in binds.items()],
                network_mode="none",
                log_config=LogConfig(type="none", config={}),
            )
            container = api.create_container(image, list(command), host_config=host)["Id"]
            try:
                api.start(container)
                return int(api.wait(container)["StatusCode"])
            finally:
                api.remove_container(container, force=True, v=True)

    def logging_through(self, driver: str) -> tuple[str, ...]:
        """The names of the running containers that use a log driver, those of no project too."""
        with self._connection.asking() as api:
            listed = api.containers(filters={"status": ["running", "paused", "restarting"]})
        found = [one for one in self._inspected(listed) if plain_name(one.log_driver) == driver]
        return tuple(sorted(one.name for one in found))

    def socket(self) -> str:
        """Where the engine's socket lies on its host."""
        own = self._connection.address.socket
        return str(own.resolve()) if own else "/var/run/docker.sock"

    def data_folder(self) -> str:
        """Where the engine keeps its own data, on its host."""
        with self._connection.asking() as api:
            return str(api.info()["DockerRootDir"])

    def pull(self, reference: str, on_progress: Callable[[str], None] = lambda _: None) -> Image:
        """Fetch an image; raise ImageError where it cannot be had."""
        pull(self._connection, reference, on_progress)
        return self._made(reference)

    def discard(self, image_id: str) -> None:
        """Remove an image that has lost its name, unless something still uses it."""
        with contextlib.suppress(Refused), self._connection.asking() as api:
            api.remove_image(image_id)

    def registry_error(self, reference: str) -> str | None:
        """Why a registry would not give `reference` to the engine, None where it would.

        Fetches nothing, and waits no longer than 5 s.
        """
        host = registry(reference)
        try:
            with self._connection.with_patience(_REGISTRY_PATIENCE).asking() as api:
                api.inspect_distribution(reference)  # type: ignore[no-untyped-call]
        except Refused as error:
            return plain_reason(error.reason, host)
        except Silent:
            return f"`{host}` does not answer"
        return None

    def _made(self, tag: str) -> Image:
        image = self.image(tag)
        if image is None:
            raise EngineError(f"the Docker engine has lost `{tag}` again")
        return image

    def _listed(self, wanted: str) -> list[dict[str, Any]]:
        """What the engine lists under a label, without what `compose run` started."""
        with self._connection.asking() as api:
            found: list[dict[str, Any]] = api.containers(all=True, filters={"label": wanted})
        return [one for one in found if one["Labels"].get(label.ONE_OFF) != "True"]

    def _inspected(self, listed: Iterable[Mapping[str, Any]]) -> Iterator[Container]:
        """One after the other: 14 containers take 15 ms, and no less with four threads."""
        found = (self._inspect(one["Id"]) for one in listed)
        yield from (container for container in found if container)

    def _inspect(self, container_id: str) -> Container | None:
        """None where it has gone since it was listed."""
        try:
            with self._connection.asking() as api:
                return Container.from_inspect(api.inspect_container(container_id))
        except Refused as error:
            if error.not_found:
                return None
            raise
