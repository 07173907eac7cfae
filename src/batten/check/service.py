"""A service as a rule sees it."""

import re
from typing import TYPE_CHECKING, Self

from batten import model
from batten.catalog import Reference, Software, identify, reference
from batten.compose.source import Written
from batten.model import Host, Mount, Port, Position

if TYPE_CHECKING:
    from batten.check.stack import Stack


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

    def at_item(self, key: str, words: str) -> Position | None:
        """Where the entry of the list at `key` stands that has `words` in it, else the list."""
        for item in self.entries(key):
            if words in item.text:
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
        return {
            other.name: other.depends_on[self.name]
            for other in self.stack.services.values()
            if self.name in other.depends_on
        }
