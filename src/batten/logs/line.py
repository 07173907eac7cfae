"""A line that a service wrote."""

import msgspec

PROJECT = "compose_project"
SERVICE = "compose_service"
CONTAINER = "container_name"
SOURCE = "source"


class LogLine(msgspec.Struct, frozen=True):
    """What was written, when (nanoseconds since the epoch), and the labels it carries in Loki."""

    time_ns: int
    text: str
    labels: dict[str, str]

    @property
    def service(self) -> str:
        """The service that wrote it, by whichever label tells; empty where none does."""
        found = (self.labels.get(name) for name in (SERVICE, "swarm_service", "service"))
        return next((name for name in found if name), "") or self.labels.get("service_name", "")

    @property
    def container(self) -> str:
        """The container that wrote it; empty where no label tells."""
        return self.labels.get(CONTAINER, "")

    @property
    def source(self) -> str:
        """`stdout` or `stderr`; empty where no label tells."""
        return self.labels.get(SOURCE, "")


class Sample(msgspec.Struct, frozen=True):
    """One result of a metric query: a label set, when it was computed, and its value."""

    labels: dict[str, str]
    time_ns: int
    value: float
