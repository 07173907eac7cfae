"""A service as a rule sees it."""

import re
from typing import TYPE_CHECKING, Self

from batten import model
from batten.catalog import Kind, Reference, Software, commandline, identify, reference
from batten.compose.source import Written
from batten.model import Host, Mount, Port, Position

if TYPE_CHECKING:
    from batten.check.stack import Stack

# Words of a service's name that say it does one thing and ends, and of a command that goes on.
_JOBS = frozenset(
    (
        "init",
        "migrate",
        "migrator",
        "migration",
        "migrations",
        "setup",
        "seed",
        "bootstrap",
        "createbucket",
        "createbuckets",
        "collectstatic",
    )
)
_FOR_EVER = re.compile(
    r"\bwhile (?:true|:|sleep|1|\[ 1)|\bsleep (?:inf|\d{3,})|\btail (?:-\S+ )*-[fF]|\bcrond?\b"
)


class Service(model.Service, frozen=True, eq=False, kw_only=True):
    """A service with its software, its stack, and the places where it was written."""

    software: Software
    stack: "Stack"

    @classmethod
    def of(cls, service: model.Service, stack: "Stack") -> Self:
        """The same service, with what rules ask for."""
        fields = {name: getattr(service, name) for name in model.Service.__struct_fields__}
        return cls(**fields, software=identify(service), stack=stack)

    def __repr__(self) -> str:
        return f"Service({self.name!r})"

    @property
    def host(self) -> Host | None:
        """The machine it is meant for; None where nobody has said."""
        return self.stack.host

    @property
    def reference(self) -> Reference | None:
        """Its image taken apart, or the one that its own is built on."""
        return reference(self)

    def at(self, *path: str) -> Position | None:
        """Where the value at `path` (or its closest ancestor) was decided, in the last file."""
        return self.stack.at("services", self.name, *path)

    def at_first(self, *paths: tuple[str, ...]) -> Position | None:
        """Where the first of several values that is written at all was decided."""
        for path in paths:
            if found := self.stack.sources.find(("services", self.name, *path)):
                return found
        return self.at(*paths[0])

    def at_item(self, key: str, *words: str) -> Position | None:
        """Where the entry of the list at `key` stands that has one of `words` in it, else the list.

        A command is not merged: only the last file that has one is looked at.
        """
        decided = self.at(key) if key in {"command", "entrypoint"} else None
        for item in self.entries(key):
            if decided and item.at.file != decided.file:
                break
            if any(word in item.text for word in words):
                return item.at
        return self.at(key)

    def at_port(self, port: Port) -> Position | None:
        """Where an entry of `ports` stands, in either of its notations."""
        return self._at_match("ports", rf"(?:^|:|\btarget ){port.target}(?:/| |$)")

    def at_mount(self, mount: Mount) -> Position | None:
        """Where an entry of `volumes` stands, in either of its notations."""
        return self._at_match("volumes", rf"(?:^|:|\btarget ){re.escape(mount.target)}/?(?::| |$)")

    def _at_match(self, key: str, pattern: str) -> Position | None:
        for item in self.entries(key):
            if re.search(pattern, item.text):
                return item.at
        return self.at(key)

    def versions(self, *path: str) -> tuple[Written, ...]:
        """The value at `path` as each file has it, newest first, variables unread."""
        return tuple(self.stack.sources.versions(("services", self.name, *path)))

    def entries(self, *path: str) -> tuple[Written, ...]:
        """The entries of the list or mapping at `path` in every file, newest first."""
        return tuple(self.stack.sources.entries(("services", self.name, *path)))

    @property
    def dependents(self) -> dict[str, model.Dependency]:
        """What the services that wait for this one ask of it, by their names."""
        return self.stack.dependents.get(self.name, {})

    @property
    def is_entrance(self) -> bool:
        """Whether people come in through it: a proxy that publishes ports."""
        return self.software.kind is Kind.EDGE and bool(self.ports)

    @property
    def is_server(self) -> bool:
        """Whether it is known to go on: somebody's own program may be a job, the others are none."""
        return self.software.kind is not Kind.APPLICATION or bool(self.ports)

    @property
    def is_job(self) -> bool:
        """Whether it is meant to end: another one waits for that, or its name says so.

        A name counts only where nothing connects to it, nothing asks about its health, and its
        command does not go on for ever.
        """
        waited = {dependency.condition for dependency in self.dependents.values()}
        if "service_completed_successfully" in waited:
            return True
        if self.ports or self.healthcheck or "service_healthy" in waited:
            return False
        return self.is_named_like_a_job and not _FOR_EVER.search(" ".join(commandline.words(self)))

    @property
    def is_named_like_a_job(self) -> bool:
        """Whether its name has a word like `init` or `migrate` in it."""
        return bool(_JOBS & set(re.split(r"[-_.]", self.name.lower())))
