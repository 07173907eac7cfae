"""One report, in every form that somebody reads."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from batten.check import Finding, Report, Severity
from batten.model import Position
from batten.report.check import FORMATS, render

SOURCE = "services:\n  db:\n    image: postgres\n    privileged: true\n"


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """An error, a warning of the whole stack, advice, and something accepted."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "compose.yml"
    file.write_text(SOURCE)

    def finding(
        rule: str,
        severity: Severity,
        line: int,
        service: str | None = "db",
        accepted: str | None = None,
    ) -> Finding:
        at = Position(file, line, 5)
        message = f"100% <{rule}>, says: it"
        return Finding(
            message,
            at,
            "do it",
            service,
            rule=rule,
            group="g",
            severity=severity,
            accepted=accepted,
        )

    return Report(
        "demo",
        (
            finding("withdrawn-image", Severity.ERROR, 3),
            finding("no-memory-limit", Severity.ADVICE, 3),
            finding("privileged-container", Severity.ERROR, 4, accepted="a reason"),
            finding("memory-limits-above-host", Severity.WARNING, 1, None),
        ),
        services=1,
        rules=4,
        unchecked=("tool",),
    )


EMPTY = Report("demo", (), services=2, rules=4)


def test_text_quotes_the_line_with_a_caret(report: Report) -> None:
    """Grouped by service, worst first; what was accepted shows its reason and no hint."""
    expected = """\
the stack as a whole
  warning: 100% <memory-limits-above-host>, says: it [memory-limits-above-host]
    --> compose.yml:1:5
    1 | services:
      |     ^
    hint: do it

db
  error: 100% <withdrawn-image>, says: it [withdrawn-image]
    --> compose.yml:3:5
    3 |     image: postgres
      |     ^
    hint: do it
  accepted: 100% <privileged-container>, says: it [privileged-container]
    --> compose.yml:4:5
    reason: a reason
  advice: 100% <no-memory-limit>, says: it [no-memory-limit]
    --> compose.yml:3:5
    3 |     image: postgres
      |     ^
    hint: do it

not checked, for they do not run here: tool
1 error, 1 warning, 1 advice, 1 accepted (1 service, 4 rules)
"""
    assert expected == render(report, "text")


def test_text_does_not_quote_a_secret(tmp_path: Path) -> None:
    """A line that holds a password stays in its file."""
    file = tmp_path / "compose.yml"
    file.write_text("PASSWORD: hunter2\n")
    found = Finding("it is a literal", Position(file, 1, 1), "do it", "db", secret=True)
    shown = render(Report("demo", (found,), 1, 1), "text")
    assert "hunter2" not in shown
    assert "compose.yml:1:1" in shown


def test_text_in_a_terminal_is_coloured(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """And only there."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in render(report, "text")


def test_json_has_the_promised_keys(report: Report) -> None:
    """`findings` with nine keys each, and a `summary` that counts open ones."""
    content = json.loads(render(report, "json"))
    assert content["findings"][0] == {
        "rule": "withdrawn-image",
        "severity": "error",
        "service": "db",
        "message": "100% <withdrawn-image>, says: it",
        "file": "compose.yml",
        "line": 3,
        "column": 5,
        "hint": "do it",
        "accepted": None,
    }
    assert content["summary"] == {
        "stack": "demo",
        "error": 1,
        "warning": 1,
        "advice": 1,
        "accepted": 1,
        "services": 1,
        "rules": 4,
        "unchecked": ["tool"],
    }


def test_sarif_describes_its_rules_and_suppresses_what_is_accepted(report: Report) -> None:
    """Version 2.1.0; every result points into the list of rules and to its line."""
    content = json.loads(render(report, "sarif"))
    run = content["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert "2.1.0" == content["version"]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    assert ["error", "note", "error", "warning"] == [one["level"] for one in run["results"]]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "compose.yml"},
        "region": {"startLine": 3, "startColumn": 5},
    }
    assert run["results"][2]["suppressions"] == [{"kind": "inSource", "justification": "a reason"}]


def test_junit_fails_what_fails(report: Report) -> None:
    """Errors and warnings fail; advice and accepted ones are skipped."""
    suite = ET.fromstring(render(report, "junit"))[0]  # noqa: S314  # our own XML
    assert ("4", "2", "2") == tuple(suite.get(key) for key in ("tests", "failures", "skipped"))
    failed = [case.get("classname") for case in suite if case.find("failure") is not None]
    assert ["withdrawn-image", "memory-limits-above-host"] == failed


def test_github_marks_lines_of_open_findings(report: Report) -> None:
    """Percent signs, colons and line ends are escaped as its runner wants them."""
    text = render(report, "github").splitlines()
    assert text[0] == (
        "::error title=withdrawn-image,file=compose.yml,line=3,col=5::"
        "100%25 <withdrawn-image>, says: it%0Ahint: do it"
    )
    assert ["error", "notice", "warning"] == [line[2:].split(" ")[0] for line in text]


@pytest.mark.parametrize("form", FORMATS)
def test_a_clean_stack_is_a_valid_report_too(form: str) -> None:
    """Nothing found is said, not left to be guessed; GitHub wants no line at all."""
    text = render(EMPTY, form)
    if form == "text":
        assert text == "nothing found (2 services, 4 rules)\n"
    elif form == "junit":
        assert ET.fromstring(text)[0].get("failures") == "0"  # noqa: S314
    elif form == "github":
        assert text == ""
    else:
        assert json.loads(text)


def test_text_says_once_what_an_anchor_gives_to_many(tmp_path: Path) -> None:
    """Other forms keep one finding a service; a person reads the line once, and for whom it is."""
    file = tmp_path / "compose.yml"
    file.write_text(SOURCE)
    severity = Severity.WARNING
    findings = tuple(
        Finding(f"`{name}` is low", at, "do it", name, rule=rule, group="g", severity=severity)
        for name in ("web", "db", "app")
        for rule, at in (
            ("of-an-anchor", Position(file, 1, 1)),
            ("of-its-own", Position(file, 2, 1)),
        )
        if rule == "of-an-anchor" or name == "web"
    )
    text = render(Report("demo", findings, services=3, rules=2), "text")
    assert 1 == text.count("[of-an-anchor]")
    assert (
        "`app` is low [of-an-anchor]\n    the same line for 2 more services:\n      db, web\n"
        in text
    )
    assert "`web` is low [of-its-own]\n    -->" in text
    assert "4 warnings" in text
    assert 4 == len(json.loads(render(Report("demo", findings, 3, 2), "json"))["findings"])
