"""As JSON, for programs."""

from typing import Any

import msgspec

from batten.check import Finding, Report, Severity


def render(report: Report) -> str:
    """`findings` in the order of the files, and a `summary` that counts them."""
    content = {"findings": [_finding(one) for one in report.findings], "summary": _summary(report)}
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


def _finding(found: Finding) -> dict[str, Any]:
    at = found.at
    return {
        "rule": found.rule,
        "severity": found.severity,
        "service": found.service,
        "message": found.message,
        "file": at.shown_file if at else None,
        "line": at.line if at else None,
        "column": at.column if at else None,
        "hint": found.hint,
        "accepted": found.accepted,
    }


def _summary(report: Report) -> dict[str, Any]:
    counts = {severity.value: report.counts[severity] for severity in reversed(Severity)}
    return {
        "stack": report.stack,
        **counts,
        "accepted": report.accepted,
        "services": report.services,
        "rules": report.rules,
        "unchecked": report.unchecked,
    }
