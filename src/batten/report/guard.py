"""What the guard would do, for a person and as JSON."""

from collections.abc import Iterator

import msgspec
from rich.text import Text

from batten.guard.explain import Explained, Explanation
from batten.report.console import stdout
from batten.report.console import write as write_to

_SOURCES = {"label": "from its label", "engine": "from the engine's own policy"}


def write(found: Explanation, form: str) -> None:
    """Print it to standard output."""
    console = stdout()
    if form == "json":
        console.file.write(
            msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
        )
        return
    for line in _lines(found):
        write_to(console, line)


def _lines(found: Explanation) -> Iterator[Text]:
    for number, one in enumerate(found.services):
        if number:
            yield Text()
        yield from _service(one)


def _service(one: Explained) -> Iterator[Text]:
    yield Text.assemble((one.service, "bold"), f"  {one.policy}  ", (_SOURCES[one.source], "dim"))
    yield Text.assemble(("  the engine  ", "dim"), one.engine)
    for number, line in enumerate(one.guard):
        yield Text.assemble(("  the guard   " if not number else " " * 14, "dim"), line)
    for note in one.notes:
        yield Text.assemble(("  note        ", "yellow"), note)
