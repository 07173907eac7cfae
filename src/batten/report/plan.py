"""A plan as a table, as JSON, and as lines for `.env`."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.text import Text

from batten.plan import Plan, Share, Variable
from batten.report import console as out
from batten.report.units import cores, size

_GAP = "  "
_BAR = 24
_LEAST_BAR = 6
_WITHOUT_HINT = (
    "write it into the file, or where there is none, let `batten harden` write an overlay"
)


class Answer(msgspec.Struct, frozen=True):
    """A plan, and where it was fitted, what it was and which variables make it so.

    `fixed` are the services that take their limit from no variable.
    """

    plan: Plan
    before: Plan | None = None
    variables: tuple[Variable, ...] = ()
    fixed: frozenset[str] = frozenset()

    @property
    def without(self) -> tuple[str, ...]:
        """The services whose limit changes, and that no variable can tell it."""
        before = self.before.shares if self.before else ()
        return tuple(
            old.service
            for old, new in zip(before, self.plan.shares, strict=bool(before))
            if old.service in self.fixed and old.figures.memory != new.figures.memory
        )

    @property
    def is_changed(self) -> bool:
        """Whether fitting has changed a figure."""
        return self.before is not None and self.before.shares != self.plan.shares


def write(answer: Answer, form: str) -> None:
    """Print it to standard output: `text`, `json`, or `env` for the variables alone."""
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(as_json(answer)), indent=2))
    elif form == "env":
        for variable in answer.variables if answer.plan.fits else ():
            click.echo(str(variable))
        for problem in answer.plan.problems:
            click.echo(f"{problem.message}\nhint: {problem.hint}", err=True)
        if answer.without and answer.plan.fits:
            click.echo(f"{_without(answer)}\nhint: {_WITHOUT_HINT}", err=True)
    else:
        console = out.stdout()
        for line in lines(answer, console):
            out.write(console, line)


def as_json(answer: Answer) -> dict[str, Any]:
    """Memory in bytes, CPU in cores; `share` is of the host's memory, all replicas together."""
    plan = answer.plan
    found = {
        "stack": plan.stack,
        "host": {"cores": plan.host.cores, "memory": plan.host.memory},
        "room": {"cores": plan.room.cores, "memory": plan.room.memory},
        "fits": plan.fits,
        "services": [_service(one, plan) for one in plan.shares],
        "sums": msgspec.to_builtins(plan.sums) | {"expected": plan.expected},
        "problems": [
            {"service": one.service, "message": one.message, "hint": one.hint}
            for one in plan.problems
        ],
        "notes": plan.notes,
    }
    if answer.before is not None:
        found["variables"] = {one.name: one.value for one in answer.variables}
        found["without_variables"] = answer.without
    return found


def _service(one: Share, plan: Plan) -> dict[str, Any]:
    return {
        "service": one.service,
        "software": one.software,
        "replicas": one.replicas,
        **msgspec.to_builtins(one.figures),
        "defaults": one.defaults,
        "expected": one.expected,
        "expected_from": "settings" if one.is_by_settings else "reservation",
        "floor": one.floor,
        "share": round(one.total.memory / plan.host.memory, 4),
        "ends": one.ends,
    }


def lines(answer: Answer, console: Console) -> Iterator[Text]:
    """The table, its sums, what does not fit, and what else is to be known."""
    plan = answer.plan
    yield from _table(plan, console)
    yield Text()
    for problem in plan.problems:
        yield Text.assemble(("does not fit: ", "bold red"), problem.message)
        yield Text.assemble(("  hint: ", "cyan"), problem.hint)
    for note in plan.notes:
        yield Text(note, style="dim")
    if plan.fits:
        yield Text(_verdict(answer), style="bold green")
    if answer.before is not None and plan.fits:
        yield from _variables(answer)


def _verdict(answer: Answer) -> str:
    plan = answer.plan
    noun = "core" if plan.host.cores == 1 else "cores"
    host = f"{cores(plan.host.cores)} {noun} and {size(plan.host.memory)}"
    if answer.before is None:
        return f"fits on {host}"
    return f"scaled to {host}" if answer.is_changed else f"fits on {host} as it is"


def _variables(answer: Answer) -> Iterator[Text]:
    if answer.variables:
        yield Text()
        yield Text("# for `.env`", style="dim")
        for variable in answer.variables:
            yield Text(str(variable))
    if answer.without:
        yield Text()
        yield Text(_without(answer))
        yield Text.assemble(("  hint: ", "cyan"), _WITHOUT_HINT)


def _without(answer: Answer) -> str:
    named = ", ".join(f"`{name}`" for name in answer.without)
    return f"without a variable for the limit, so that `.env` cannot change it: {named}"


Cell = Callable[[Share], str]


def _starred(name: str, text: Callable[[float], str]) -> Cell:
    """A figure, with a star where it is not in the files."""
    return lambda one: text(getattr(one.figures, name)) + ("*" if name in one.defaults else "")


def _memory(amount: float) -> str:
    return size(amount, decimals=2)


class _Column(msgspec.Struct, frozen=True):
    """A column: its cells, its sum, and what the system and the host have of it."""

    header: str
    cell: Cell
    below: Callable[[Plan], tuple[str, str, str]]


_BELOW = ("sum", "kept for the system", "the host")


def _system(plan: Plan) -> tuple[int, float]:
    """Bytes and cores that are not for the stack."""
    return plan.host.memory - plan.room.memory, plan.host.cores - plan.room.cores


_COLUMNS = (
    _Column(
        "MEMORY",
        _starred("memory", _memory),
        lambda plan: (
            _memory(plan.sums.memory),
            _memory(_system(plan)[0]),
            _memory(plan.host.memory),
        ),
    ),
    _Column(
        "RESERVED",
        _starred("memory_reserved", _memory),
        lambda plan: (_memory(plan.sums.memory_reserved), "", ""),
    ),
    _Column(
        "EXPECTED",
        lambda one: _memory(one.expected),
        lambda plan: (_memory(plan.expected), "", ""),
    ),
    _Column("CPU", _starred("cpus", cores), lambda plan: (cores(plan.sums.cpus), "", "")),
    _Column(
        "RESERVED",
        _starred("cpus_reserved", cores),
        lambda plan: (
            cores(plan.sums.cpus_reserved),
            cores(_system(plan)[1]),
            cores(plan.host.cores),
        ),
    ),
)


# From all to the fewest; a terminal gets the first that fits, a pipe all.
_CHOICES = (_COLUMNS, _COLUMNS[:-1], (_COLUMNS[0], *_COLUMNS[2:-1]), _COLUMNS[:1])


def _table(plan: Plan, console: Console) -> Iterator[Text]:
    for columns in _CHOICES:
        rows = _rows(plan, columns)
        if not console.is_terminal or len(rows[0]) <= console.width:
            break
    width = _bar_width(rows, console)
    largest = max((one.total.memory for one in plan.shares), default=0)
    yield Text(rows[0], style="bold")
    for one, row in zip(plan.shares, rows[1:], strict=False):
        yield _with_bar(row, one, width, largest)
    total, *others = rows[-len(_BELOW) :]
    yield Text(total, style="bold")
    yield from (Text(row, style="dim") for row in others)


def _rows(plan: Plan, columns: Sequence[_Column]) -> list[str]:
    """Header, services and sums as lines of text, the columns aligned."""
    first = _aligned(["SERVICE", *map(_name, plan.shares), *_BELOW], left=True)
    others = [
        _aligned([column.header, *map(column.cell, plan.shares), *column.below(plan)])
        for column in columns
    ]
    return [_GAP.join(cells) for cells in zip(first, *others, _shares(plan), strict=True)]


def _shares(plan: Plan) -> list[str]:
    """Of the host's memory."""
    amounts = [one.total.memory for one in plan.shares]
    below = (plan.sums.memory, _system(plan)[0], plan.host.memory)
    return _aligned(["HOST", *(f"{one / plan.host.memory:.0%}" for one in (*amounts, *below))])


def _name(one: Share) -> str:
    return one.service if one.replicas == 1 else f"{one.service} x{one.replicas}"


def _aligned(cells: list[str], *, left: bool = False) -> list[str]:
    """All of one width; a star stands outside of its column's edge."""
    if any(cell.endswith("*") for cell in cells):
        cells = [cell if cell.endswith("*") else f"{cell} " for cell in cells]
    width = max(map(len, cells))
    return [cell.ljust(width) if left else cell.rjust(width) for cell in cells]


def _bar_width(rows: list[str], console: Console) -> int:
    """A terminal gets bars where there is room for them, a pipe none."""
    if not console.is_terminal:
        return 0
    room = console.width - len(rows[0]) - len(_GAP)
    return min(_BAR, room) if room >= _LEAST_BAR else 0


def _with_bar(row: str, one: Share, width: int, largest: int) -> Text:
    """Expected use and limit, beside the largest limit of the stack."""
    text = Text(row, style="dim" if one.ends else "")
    if width:
        limit = max(1, round(width * one.total.memory / largest))
        used = min(limit, round(width * one.expected * one.replicas / largest))
        text.append(_GAP + "━" * used, style="green")
        text.append("─" * (limit - used), style="dim")
    return text
