"""Findings that somebody has accepted, and why."""

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from batten.check.finding import Finding
from batten.compose import Sources
from batten.compose.source import lines
from batten.model import Position

_COMMENT = re.compile(r"#\s*batten:\s*accept\s+([a-z0-9-]+)\s*:?\s*(.*)$")


class Acceptance(msgspec.Struct, frozen=True):
    """A rule that somebody accepts: on one service, in one line, or (neither given) everywhere."""

    rule: str
    reason: str
    at: Position
    service: str | None = None
    line: int | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding; one without a reason is about none."""
        if self.rule != finding.rule or not self.reason:
            return False
        if self.line is not None:
            where = finding.at
            return where is not None and (where.file, where.line) == (self.at.file, self.line)
        return self.service in {None, finding.service}


def acceptances(sources: Sources, services: Sequence[str]) -> Iterator[Acceptance]:
    """Those under `x-batten: {accept: …}`, of the stack or a service, and those in comments."""
    yield from _written(sources, ("x-batten", "accept"), None)
    for service in services:
        yield from _written(sources, ("services", service, "x-batten", "accept"), service)
    yield from _comments(sources)


def accept(finding: Finding, given: Iterable[Acceptance]) -> Finding:
    """The finding with the reason of the first acceptance that covers it."""
    for one in given:
        if one.covers(finding):
            return msgspec.structs.replace(finding, accepted=one.reason)
    return finding


def _written(sources: Sources, path: tuple[str, ...], service: str | None) -> Iterator[Acceptance]:
    for entry in sources.entries(path):
        in_list = entry.key.isdigit()
        rule = entry.text if in_list else entry.key
        yield Acceptance(rule, "" if in_list else entry.text.strip(), entry.at, service)


def _comments(sources: Sources) -> Iterator[Acceptance]:
    """A comment covers its own line, or, alone on its line, the next that is no comment."""
    for file in sources.all_files:
        text = lines(file)
        if not any("batten:" in line for line in text):
            continue
        for number, line in enumerate(text, start=1):
            match = _COMMENT.search(line)
            if match:
                at = Position(file, number, match.start() + 1)
                covered = number if line[: match.start()].strip() else _next(text, number)
                yield Acceptance(match[1], match[2].strip(), at, line=covered)


def _next(text: Sequence[str], number: int) -> int:
    for index in range(number, len(text)):
        if text[index].strip() and not text[index].lstrip().startswith("#"):
            return index + 1
    return number
