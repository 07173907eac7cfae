"""Asking every rule about a stack."""

from collections import Counter

import msgspec

from batten import compose
from batten.catalog import software
from batten.check.accept import accept
from batten.check.finding import Finding
from batten.check.rule import every_rule
from batten.check.select import Selection
from batten.check.severity import Severity
from batten.check.stack import Stack
from batten.compose import Project, Sources
from batten.model import Host


class Report(msgspec.Struct, frozen=True):
    """What was found, in the order of the files, and what was looked at.

    `unchecked` are services that the files have and that do not run here: behind a profile that
    was not asked for, or with no container.
    """

    stack: str
    findings: tuple[Finding, ...]
    services: int
    rules: int
    unchecked: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[Finding, ...]:
        """Findings that nobody has accepted."""
        return tuple(found for found in self.findings if found.accepted is None)

    @property
    def counts(self) -> Counter[Severity]:
        """How many of each severity are open."""
        return Counter(found.severity for found in self.open)

    @property
    def accepted(self) -> int:
        """How many were accepted."""
        return len(self.findings) - len(self.open)

    def fails(self, least: Severity = Severity.WARNING) -> bool:
        """Whether anything open is as bad as `least`."""
        return any(found.severity.reaches(least) for found in self.open)


def check(project: Project, host: Host | None = None, selection: Selection | None = None) -> Report:
    """Read a stack and ask the selected rules about it.

    Raise as `compose.read` does where the stack cannot be resolved, InputError for a rule that
    does not exist.
    """
    sources = Sources(project.files)
    reading = compose.Reading(project)
    # While Compose reads the files this process would only wait.
    every_rule()
    software()
    sources.find(("services",))
    return examine(Stack(reading.stack(), sources, host), selection)


def examine(stack: Stack, selection: Selection | None = None) -> Report:
    """Ask the selected rules about a stack that has been read."""
    asked = (selection or Selection()).rules()
    found = [accept(finding, stack.acceptances) for rule in asked for finding in rule.find(stack)]
    return Report(
        stack.name,
        tuple(sorted(found, key=_order)),
        len(stack.services),
        len(asked),
        _unchecked(stack),
    )


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    at = finding.at
    place = (str(at.file), at.line or 0, at.column or 0) if at else ("", 0, 0)
    return (*place, finding.rule, finding.message)


def _unchecked(stack: Stack) -> tuple[str, ...]:
    written = dict.fromkeys(entry.key for entry in stack.sources.entries(("services",)))
    return tuple(name for name in written if name not in stack.services)
