"""Lines as a person reads them, interleaved and coloured by service; and as JSON."""

from collections.abc import Iterable
from typing import Protocol

from batten.logs import LogLine, Sample
from batten.report.console import stdout
from batten.report.logs.json import Json
from batten.report.logs.text import Text


class Printer(Protocol):
    """Where lines and samples are printed; `count` is how many were."""

    count: int

    def lines(self, page: list[LogLine]) -> None:
        """Print lines, which come in the order of time."""

    def samples(self, found: list[Sample]) -> None:
        """Print the answer to a metric query."""

    def flush(self) -> None:
        """Let them be seen."""


def printer(form: str, project: str, services: Iterable[str]) -> Printer:
    """The printer of a format; `services` are those of the stack, whose colours stay the same."""
    console = stdout()
    return Json(console.file) if form == "json" else Text(console, project, services)
