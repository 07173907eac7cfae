"""As SARIF 2.1.0, for code scanning."""

from pathlib import PurePath
from typing import Any

import msgspec

from batten import __version__
from batten.check import Finding, Report, Rule, Severity, every_rule
from batten.check.page import Page
from batten.model import Position

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def render(report: Report) -> str:
    """One run; the rules that found something are described in it, accepted ones suppressed."""
    found = {finding.rule for finding in report.findings}
    rules = [rule for name, rule in every_rule().items() if name in found]
    index = {rule.name: number for number, rule in enumerate(rules)}
    driver = {"name": "batten", "version": __version__, "rules": [_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index) for finding in report.findings],
    }
    content = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    page = Page.of(rule)
    return {
        "id": rule.name,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": " ".join(page.why.split())},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.group]},
    }


def _result(found: Finding, index: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": index[found.rule],
        "level": _LEVELS[found.severity],
        "message": {"text": f"{found.message}\nhint: {found.hint}"},
    }
    if found.at:
        result["locations"] = [{"physicalLocation": _place(found.at)}]
    if found.accepted is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": found.accepted}]
    return result


def _place(at: Position) -> dict[str, Any]:
    file = PurePath(at.shown_file)
    place: dict[str, Any] = {
        "artifactLocation": {"uri": file.as_uri() if file.is_absolute() else file.as_posix()}
    }
    if at.line:
        place["region"] = {"startLine": at.line} | ({"startColumn": at.column} if at.column else {})
    return place
