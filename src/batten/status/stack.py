"""How a whole stack is."""

import msgspec

from batten.status.service import ServiceStatus


class StackStatus(msgspec.Struct, frozen=True):
    """A stack's services in the order of its files; left out ones and orphans stand last.

    `note` says why figures are missing, where they are.
    """

    project: str
    services: tuple[ServiceStatus, ...]
    note: str | None = None

    @property
    def expected(self) -> tuple[ServiceStatus, ...]:
        """The services that should run, or have run."""
        return tuple(service for service in self.services if service.expected)

    @property
    def healthy(self) -> int:
        """How many of those are well."""
        return sum(service.well for service in self.expected)

    @property
    def ok(self) -> bool:
        """Whether all of them are, and there are any."""
        return 0 < len(self.expected) == self.healthy
