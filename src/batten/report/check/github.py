"""As GitHub's workflow commands, which mark the lines of a pull request."""

from batten.check import Finding, Report, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}


def render(report: Report) -> str:
    """A line for each open finding; an accepted one marks nothing."""
    return "".join(_line(found) for found in report.open)


def _line(found: Finding) -> str:
    at = found.at
    fields = {"title": found.rule}
    if at:
        fields |= {"file": at.shown_file}
        fields |= {"line": str(at.line)} if at.line else {}
        fields |= {"col": str(at.column)} if at.column else {}
    given = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
    text = f"{found.message}\nhint: {found.hint}"
    return f"::{_COMMANDS[found.severity]} {given}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
