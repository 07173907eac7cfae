"""A port that a service shows to its host."""

import msgspec


class Port(msgspec.Struct, frozen=True):
    """An entry of `ports:`.

    `published` is what Compose prints: a port, a range `9000-9010`, or None for a free one.
    """

    target: int
    published: str | None = None
    host_ip: str | None = None
    protocol: str = "tcp"

    @property
    def number(self) -> int | None:
        """The one host port that is asked for, None where the engine may choose."""
        return int(self.published) if self.published and self.published.isdigit() else None
