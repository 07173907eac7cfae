"""The lines of limits and reservations, in the notation of the base."""

from collections.abc import Iterator

import msgspec

from batten.check import Service
from batten.harden.figures import Figures
from batten.harden.words import amount, figure


class Row(msgspec.Struct, frozen=True):
    """One figure: its key, the side of `deploy.resources` (None: a key of the service), its variable.

    `told` is what the base says; it stays, unless the figure had to be another one.
    """

    key: str
    side: str | None
    what: str
    told: float | None
    wanted: float
    is_memory: bool = False

    @property
    def is_wanted(self) -> bool:
        """Whether it is to be written."""
        return self.told is None or self.told != self.wanted

    def text(self, service: str) -> str:
        """The variable and its default; cores are quoted, since Compose wants a string."""
        default = amount(int(self.wanted)) if self.is_memory else str(self.wanted)
        text = figure(service, self.what, default)
        return f'"{text}"' if self.key == "cpus" and self.side else text


def rows(service: Service, figures: Figures) -> Iterator[Row]:
    """All of them, said or not."""
    told = service.deploy.resources
    is_short = bool(service.mem_limit or service.cpus or service.pids_limit)
    keeps_short = bool(service.mem_reservation) or (is_short and told.reservations.memory is None)
    limits = None if is_short else "limits"
    kept = None if keeps_short else "reservations"
    yield Row(
        "mem_limit" if is_short else "memory",
        limits,
        "memory limit",
        service.memory_limit,
        figures.memory,
        is_memory=True,
    )
    yield Row("cpus", limits, "cpu limit", service.cpu_limit, float(figures.cpus))
    pids = "pids_limit" if is_short else "pids"
    yield Row(
        pids, limits, "pids limit", service.process_limit, service.process_limit or figures.pids
    )
    yield Row(
        "mem_reservation" if keeps_short else "memory",
        kept,
        "memory reservation",
        service.memory_reservation,
        figures.memory_reserved,
        is_memory=True,
    )
    if not keeps_short:
        said = told.reservations.cpus
        fits = said is not None and said <= figures.cpus
        wanted = said if fits else figures.cpus_reserved
        yield Row("cpus", "reservations", "cpu reservation", said, float(wanted or 0))
