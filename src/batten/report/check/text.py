"""As a person reads it: grouped by service, the line itself quoted, and what to do."""

import io
import sys
import textwrap
from collections.abc import Iterable, Iterator
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
    for name, found in groupby(_shared(report.findings), key=lambda one: one[0].service or ""):
        yield [(name or "the stack as a whole", "bold underline")]
        for one, others in sorted(found, key=lambda one: -one[0].severity.rank):
            yield from _finding(one, others)
        yield []
    yield from _summary(report)


def _shared(findings: Iterable[Finding]) -> list[tuple[Finding, list[str]]]:
    """Each finding by service, once, with the others that have it from the same line (an anchor)."""
    found: dict[object, tuple[Finding, list[str]]] = {}
    for one in sorted(findings, key=lambda one: one.service or ""):
        by_line = one.at is not None and one.at.line is not None and one.service is not None
        key = (one.rule, one.at, one.accepted) if by_line else id(one)
        known = found.setdefault(key, (one, []))
        if known[0] is one:
            continue
        if one.service in {known[0].service, *known[1]}:  # two of one service: each is shown
            found[id(one)] = (one, [])
        else:
            known[1].append(one.service or "")
    return sorted(found.values(), key=lambda one: one[0].service or "")


def _finding(found: Finding, others: list[str]) -> Iterator[Line]:
    accepted = found.accepted is not None
    word, style = ("accepted", "dim") if accepted else (found.severity, _STYLES[found.severity])
    yield [("  ", ""), (f"{word}: ", style), (found.message, ""), (f" [{found.rule}]", "dim")]
    if others:
        yield [(f"    the same line for {_plural(len(others), 'more service')}:", "dim")]
        yield from ([("      " + row, "dim")] for row in textwrap.wrap(", ".join(others), 90))
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
