"""How far the log driver is, as a table and as JSON."""

import msgspec
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from batten.logs.driver import DriverStatus, Shipped
from batten.report.column import NOTHING
from batten.report.console import stdout, write
from batten.report.units import lag, size

# A push waits for a second of lines, and Loki takes its time: less is no delay.
LATE_S = 5
_WIDE = 100


def as_json(status: DriverStatus) -> bytes:
    """What the driver says, as it says it: bytes, seconds, lines."""
    return msgspec.json.format(msgspec.json.encode(status), indent=2)


def show(status: DriverStatus) -> None:
    """Print a row for each container, and the last error of each below."""
    console = stdout()
    write(console, _render(status, console))


def _render(status: DriverStatus, console: Console) -> RenderableType:
    if not status.containers:
        return Text("no container logs through the driver")
    wide = not console.is_terminal or console.width >= _WIDE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("CONTAINER", overflow="fold")
    if wide:
        table.add_column("STATE")
        table.add_column("ACCEPTED", justify="right")
    for name in ("SHIPPED", "BEHIND", "DROPPED", "REFUSED"):
        table.add_column(name, justify="right")
    ordered = sorted(status.containers, key=lambda one: (one.project, one.service, one.name))
    for one in ordered:
        state = (Text(one.state), Text(size(one.accepted_bytes))) if wide else ()
        table.add_row(_name(one), *state, _shipped(one), _behind(one), *_lost(one))
    return Group(table, *_errors(ordered))


def _name(one: Shipped) -> Text:
    return Text(one.name or one.id[:12], style="dim" if one.state == "stopped" else "")


def _shipped(one: Shipped) -> Text:
    return Text(f"{one.shipped_lines:,}")


def _behind(one: Shipped) -> Text:
    if not one.behind_bytes:
        return Text(NOTHING, style="dim")
    style = "yellow" if one.behind_s > LATE_S else ""
    return Text(f"{size(one.behind_bytes)}, {lag(one.behind_s)}", style=style)


def _lost(one: Shipped) -> tuple[Text, Text]:
    counts = one.dropped_lines, one.quarantined_lines
    dropped, refused = (Text(f"{count:,}", style="red" if count else "dim") for count in counts)
    return dropped, refused


def _errors(containers: list[Shipped]) -> list[Text]:
    """What several have in common is said once."""
    found: dict[str, list[str]] = {}
    for one in containers:
        if one.last_error:
            found.setdefault(one.last_error, []).append(one.name or one.id[:12])
    said = [
        Text.assemble((f"{', '.join(names)}: ", "dim"), error) for error, names in found.items()
    ]
    return [Text(), *said] if said else []
