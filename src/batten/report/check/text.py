"""As a person reads it: grouped by service, the line itself quoted, and what to do."""

import io
import sys
from collections.abc import Iterator
from itertools import groupby

from batten.check import Finding, Report, Severity
from batten.compose.source import lines

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}

Line = list[tuple[str, str]]
"""A line's pieces, each with its style; `` is none."""


def render(report: Report) -> str:
    """Coloured where standard output is a terminal, plain elsewhere."""
    if sys.stdout.isatty():
        return _coloured(_lines(report))
    return "".join("".join(text for text, _ in line) + "\n" for line in _lines(report))


def _coloured(found: Iterator[Line]) -> str:
    """Rich is imported only here: in a pipe it would take longer than the check."""
    from rich.console import Console
    from rich.text import Text

    out = io.StringIO()
    console = Console(file=out, force_terminal=True, highlight=False, soft_wrap=True)
    for line in found:
        console.print(Text.assemble(*line))
    return out.getvalue()


def _lines(report: Report) -> Iterator[Line]:
    def service(found: Finding) -> str:
        return found.service or ""

    for name, found in groupby(sorted(report.findings, key=service), key=service):
        yield [(name or "the stack as a whole", "bold underline")]
        for one in sorted(found, key=lambda one: -one.severity.rank):
            yield from _finding(one)
        yield []
    yield from _summary(report)


def _finding(found: Finding) -> Iterator[Line]:
    accepted = found.accepted is not None
    word, style = ("accepted", "dim") if accepted else (found.severity, _STYLES[found.severity])
    yield [("  ", ""), (f"{word}: ", style), (found.message, ""), (f" [{found.rule}]", "dim")]
    if found.at:
        yield [(f"    --> {found.at}", "dim")]
    if accepted:
        yield [("    reason: ", "dim"), (found.accepted or "", "")]
        return
    yield from _quote(found, style)
    yield [("    hint: ", "cyan"), (found.hint, "")]


def _quote(found: Finding, style: str) -> Iterator[Line]:
    """The line, and a caret under the column; a secret in it is not shown."""
    at = found.at
    text = lines(at.file) if at else []
    if not at or not at.line or at.line > len(text) or found.secret:
        return
    number = str(at.line)
    yield [(f"    {number} | ", "dim"), (text[at.line - 1].expandtabs(1).rstrip(), "")]
    if at.column:
        yield [(" " * (4 + len(number)) + " | ", "dim"), (" " * (at.column - 1) + "^", style)]


def _summary(report: Report) -> Iterator[Line]:
    if report.unchecked:
        names = ", ".join(report.unchecked)
        yield [(f"not checked, for they do not run here: {names}", "dim")]
    counted = (f" ({_plural(report.services, 'service')}, {_plural(report.rules, 'rule')})", "dim")
    accepted = [f"{report.accepted} accepted"] if report.accepted else []
    if report.open:
        yield [(", ".join([*_counts(report), *accepted]), "bold"), counted]
    else:
        yield [(", ".join(["nothing found", *accepted]), "bold green"), counted]


def _counts(report: Report) -> Iterator[str]:
    for severity in reversed(Severity):
        amount = report.counts[severity]
        if amount:
            yield f"{amount} advice" if severity is Severity.ADVICE else _plural(amount, severity)


def _plural(amount: int, noun: str) -> str:
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"
