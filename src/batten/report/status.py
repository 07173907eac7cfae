"""The state of a stack as a table, and as JSON."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from batten.report import log_lag
from batten.report.column import COLUMNS, Layout, addresses, tone
from batten.report.console import UNBOUNDED, stdout, write
from batten.status import ServiceStatus, StackStatus

_ALL = tuple(COLUMNS)
_NO_LOGS = tuple(name for name in _ALL if name != "LOGS")
_FEW = ("SERVICE", "STATE", "UP", "MEMORY", "CPU")
# From the widest to the narrowest; a terminal gets the first that fits.
_LAYOUTS = (
    Layout(_ALL, bars=True),
    Layout(_ALL),
    Layout(_ALL, short=True),
    Layout(_ALL, short=True, folded=True),
    Layout(_NO_LOGS, short=True),
    Layout(_NO_LOGS, short=True, folded=True),
    Layout(tuple(name for name in _NO_LOGS if name != "PORTS"), short=True),
    Layout(_FEW, short=True),
)
# A reader that has no width gets every column, and no blank inside of one where it can be helped.
_PIPED = Layout(_ALL, tight=True)


def as_json(status: StackStatus) -> bytes:
    """`{"project", "services": […], "summary": {"services", "healthy", "ok"}}`, null where unknown.

    Memory is in bytes, CPU in cores, uptime in seconds.
    """
    return msgspec.json.format(as_json_line(status), indent=2)


def as_json_line(status: StackStatus) -> bytes:
    """The same without a line break, for readers that want one object a line."""
    summary = {"services": len(status.expected), "healthy": status.healthy, "ok": status.ok}
    found = {"project": status.project, "services": status.services, "summary": summary}
    return msgspec.json.encode(found)


def show(status: StackStatus) -> None:
    """Print the table, and what it has no room for below it, to standard output."""
    console = stdout()
    write(console, render(status, console))


def render(status: StackStatus, console: Console) -> RenderableType:
    """The widest table that fits, the sum of it all, and what the table does not say."""
    for layout in _LAYOUTS if console.is_terminal else (_PIPED,):
        table = _table(status, layout)
        if _width(table, console) <= console.width:
            break
    return Group(table, Text(), *_below(status, layout))


def _width(table: Table, console: Console) -> int:
    """How wide it would be where nothing stopped it."""
    return Measurement.get(console, console.options.update(max_width=UNBOUNDED), table).maximum


def _table(status: StackStatus, layout: Layout) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    cells = []
    for header in layout.headers:
        column = COLUMNS[header]
        # A name that is too long for the terminal is folded, never cut.
        table.add_column(
            layout.header(header), justify=column.justify, overflow="fold", no_wrap=False
        )
        cells.append(column.cells(status.services, layout))
    for service, *row in zip(status.services, *cells, strict=True):
        table.add_row(*row, style="" if service.expected or service.containers else "dim")
    return table


def _below(status: StackStatus, layout: Layout) -> Iterator[Text]:
    services = status.services
    yield _summary(status)
    for header, words in _INSTEAD.items():
        if header not in layout.headers and (text := words(services)):
            yield _line(header.lower(), text)
    reasons = _sharing((one.left_out, one.service) for one in services)
    for reason, names in reasons.items():
        yield _line("left out", f"{', '.join(names)}: {reason}")
    if orphans := [one.service for one in services if one.orphan]:
        yield _line("not in the files", f"{', '.join(orphans)}; started earlier, or from others")
    if lagging := [one for one in services if one.log_lag]:
        yield log_lag.line(lagging)
    if status.note:
        yield _line("note", status.note)


def _summary(status: StackStatus) -> Text:
    count = len(status.expected)
    noun = "service" if count == 1 else "services"
    wrong = not count or any(tone(one) == "red" for one in status.expected)
    style = "green" if status.ok else "red" if wrong else "yellow"
    return Text(f"{status.healthy} of {count} {noun} healthy", style=style)


def _restarts(services: Sequence[ServiceStatus]) -> str:
    return ", ".join(f"{one.service} {one.restarts}" for one in services if one.restarts)


def _oom_kills(services: Sequence[ServiceStatus]) -> str:
    return ", ".join(f"{one.service} {one.oom_kills}" for one in services if one.oom_kills)


def _logs(services: Sequence[ServiceStatus]) -> str:
    """The driver that most have stands alone; the others name who has them."""
    drivers = _sharing((one.log_driver, one.service) for one in services)
    most, *others = sorted(drivers, key=lambda driver: -len(drivers[driver])) or [""]
    return "; ".join([most, *(f"{other} ({', '.join(drivers[other])})" for other in others)])


def _ports(services: Sequence[ServiceStatus]) -> str:
    return "; ".join(f"{one.service} {addresses(one)}" for one in services if one.ports)


# What is said below the table of columns that had no room in it.
_INSTEAD: dict[str, Callable[[Sequence[ServiceStatus]], str]] = {
    "RESTARTS": _restarts,
    "OOM": _oom_kills,
    "LOGS": _logs,
    "PORTS": _ports,
}


def _sharing(pairs: Iterable[tuple[str | None, str]]) -> dict[str, list[str]]:
    """The services that have a value in common."""
    found: dict[str, list[str]] = {}
    for value, service in pairs:
        if value:
            found.setdefault(value, []).append(service)
    return found


def _line(name: str, text: str) -> Text:
    return Text.assemble((f"{name}: ", "dim"), text)
