"""Lines as `docker compose logs` shows them, with their time."""

import re
from collections.abc import Iterable
from datetime import datetime
from zlib import crc32

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text as RichText

from batten.logs import LogLine, Sample
from batten.report.console import write

_SECOND = 1_000_000_000
# Without red, which means that something is wrong.
_COLOURS = (
    *("cyan", "yellow", "green", "magenta", "blue"),
    *("bright_cyan", "bright_yellow", "bright_green", "bright_magenta", "bright_blue"),
)
# Below this a line's own words need the room that milliseconds take.
_WIDE = 80
# A line's own colours are let through; whatever else would move the cursor or rename the window is
# not: it comes from whoever made a service log it.
_COLOUR = re.compile(r"(\x1b\[[0-9;:]*m)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_RESET = "\x1b[0m"


class Text:
    """One line each: time, service, text; coloured by service in a terminal.

    A long line is left to the terminal to wrap; in one with line breaks each part stands under the
    name.
    """

    def __init__(self, console: Console, project: str, services: Iterable[str]) -> None:
        self._console, self._project = console, project
        self._order = {name: number for number, name in enumerate(services)}
        self._names: dict[tuple[str, str], str] = {}
        self._width, self._time, self.count = 0, _Time(short=console.width < _WIDE), 0

    def lines(self, page: list[LogLine]) -> None:
        """See `Printer`."""
        if page and not self.count:
            self._time.begin(page[0].time_ns)
        self._width = max([self._width, *(len(self._name(line)) for line in page)])
        self._console.file.write("".join(map(self._line, page)))
        self.count += len(page)

    def samples(self, found: list[Sample]) -> None:
        """A table: label set, value."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        names = list(dict.fromkeys(name for one in found for name in sorted(one.labels)))
        for name in names:
            table.add_column(name.upper(), overflow="fold")
        table.add_column("VALUE", justify="right", overflow="fold")
        for one in sorted(found, key=lambda one: -one.value):
            cells = [one.labels.get(name, "") for name in names]
            table.add_row(*map(RichText, cells), f"{one.value:,.15g}")
        if found:
            write(self._console, table)
        self.count += len(found)

    def flush(self) -> None:
        """See `Printer`."""
        self._console.file.flush()

    def _line(self, line: LogLine) -> str:
        name = self._name(line)
        before = f"{self._time.of(line.time_ns)}  {name:<{self._width}} | "
        text = line.text
        if self._console.is_terminal:
            text = _safe(text, colours=not self._console.no_color)
        if self._console.color_system is not None:
            before = self._style(line).render(before, color_system=ColorSystem.STANDARD)
        return "".join(f"{before}{part}\n" for part in text.split("\n"))

    def _name(self, line: LogLine) -> str:
        """The service, with a number where it is not its first container."""
        key = line.service, line.container
        if key not in self._names:
            self._names[key] = _name(*key, self._project) or "–"  # noqa: RUF001  # a dash
        return self._names[key]

    def _style(self, line: LogLine) -> Style:
        """The same service has the same colour next time."""
        name = line.service or line.container
        place = self._order.get(name, crc32(name.encode()))
        return Style.parse(_COLOURS[place % len(_COLOURS)])


def _name(service: str, container: str, project: str) -> str:
    first, _, number = container.rpartition("-")
    if first == f"{project}-{service}" and number.isdecimal() and number != "1":
        return f"{service}-{number}"
    return service or container


def _safe(text: str, *, colours: bool) -> str:
    parts = _COLOUR.split(text.replace("\r\n", "\n"))
    kept = [
        (part if colours else "") if number % 2 else _CONTROL.sub("\ufffd", part)
        for number, part in enumerate(parts)
    ]
    return "".join(kept) + (_RESET if len(parts) > 1 and colours else "")


class _Time:
    """Local time, short: the day only where the lines begin on another one."""

    def __init__(self, *, short: bool) -> None:
        self._short, self._day = short, ""
        self._last = (0, "")

    def begin(self, time_ns: int) -> None:
        """Decide by the first line."""
        first = datetime.fromtimestamp(time_ns // _SECOND).astimezone()
        today = datetime.now().astimezone()
        if first.year != today.year:
            self._day = "%Y-%m-%d "
        elif first.date() != today.date():
            self._day = "%m-%d "

    def of(self, time_ns: int) -> str:
        """As it stands before a line."""
        second, rest = divmod(time_ns, _SECOND)
        if self._last[0] != second:
            local = datetime.fromtimestamp(second).astimezone()
            self._last = second, f"{local:{self._day}%H:%M:%S}"
        return self._last[1] if self._short else f"{self._last[1]}.{rest // 1_000_000:03}"
