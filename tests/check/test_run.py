"""All rules are asked, in an order that a reader can follow."""

from collections.abc import Callable
from pathlib import Path

import pytest

from batten.check import Selection, Severity, Stack, check, examine
from batten.compose import Project
from batten.errors import InputError

MakeStack = Callable[..., Stack]
BASE = """\
services:
  b: {image: x, privileged: true}
  a: {image: y}
  c: {image: z, profiles: [tools]}
  d: {image: z, scale: 0}
"""


def test_findings_come_in_the_order_of_the_files(stack: MakeStack) -> None:
    """Line by line, whichever rule it was."""
    report = examine(stack(BASE), Selection(only=("privileged-container", "no-memory-limit")))
    assert [("privileged-container", 2), ("no-memory-limit", 2), ("no-memory-limit", 3)] == sorted(
        [(found.rule, found.at.line or 0) for found in report.findings if found.at],
        key=lambda one: (one[1], one[0] != "privileged-container"),
    )
    lines = [found.at.line or 0 for found in report.findings if found.at]
    assert sorted(lines) == lines


def test_what_does_not_run_is_said_and_not_judged(stack: MakeStack) -> None:
    """Behind a profile or with no container: named, so that nobody takes silence for praise."""
    report = examine(stack(BASE))
    assert {"a", "b"} == {found.service for found in report.findings}
    assert ("c", "d") == report.unchecked
    assert 2 == report.services


@pytest.mark.parametrize(
    ("selection", "rules"),
    [
        (Selection(only=("privileged-container",)), {"privileged-container"}),
        (Selection(groups=("resources",), least=Severity.ERROR), {"no-memory-limit"}),
        (
            Selection(groups=("resources",), only=("privileged-container",), least=Severity.ERROR),
            {"no-memory-limit", "privileged-container"},
        ),
        (
            Selection(only=("privileged-container", "no-memory-limit"), skip=("no-memory-limit",)),
            {"privileged-container"},
        ),
        (Selection(groups=("logging",), least=Severity.ERROR), set()),
    ],
)
def test_rules_are_selected(stack: MakeStack, selection: Selection, rules: set[str]) -> None:
    """By name, by group, by what is skipped and by severity."""
    text = BASE.replace("x, ", "x, logging: {driver: json-file}, ")
    assert rules == {found.rule for found in examine(stack(text), selection).findings}


def test_a_misspelt_rule_is_an_error_with_a_guess() -> None:
    """Nothing is skipped or asked by accident."""
    with pytest.raises(InputError) as caught:
        Selection(skip=("no-memory-limits",)).rules()
    assert caught.value.hint == "did you mean `no-memory-limit`?"


def test_advice_alone_does_not_fail(stack: MakeStack) -> None:
    """Unless it is asked for; what is accepted never does."""
    report = examine(stack(BASE), Selection(only=("no-memory-limit",)))
    assert report.fails()
    assert report.fails(Severity.ERROR)
    assert not examine(stack(BASE), Selection(only=("withdrawn-image",))).fails(Severity.ADVICE)


def test_what_cannot_be_resolved_is_an_error(tmp_path: Path) -> None:
    """Never a silent pass."""
    (tmp_path / "compose.yml").write_text('services: {a: {image: "x:${NOPE}"}}')
    with pytest.raises(InputError, match="`NOPE` has no value"):
        check(Project.find([tmp_path / "compose.yml"]))


@pytest.mark.parametrize("extended", ["extends: {file: 'common.yml', service: base}", "<<: *base"])
def test_a_value_from_elsewhere_has_its_place(
    stack: MakeStack, tmp_path: Path, extended: str
) -> None:
    """Through `extends` and merge keys to the line that says it."""
    (tmp_path / "common.yml").write_text("services:\n  base:\n    privileged: true\n")
    text = f"x-base: &base\n  image: x\n  privileged: true\nservices:\n  a:\n    {extended}\n    image: x\n"
    found = examine(stack(text), Selection(only=("privileged-container",))).findings
    assert ["common.yml" if "file" in extended else "0.yml"] == [
        one.at.file.name for one in found if one.at
    ]
    assert [3] == [one.at.line for one in found if one.at]


def test_an_included_file_is_searched_too(stack: MakeStack, tmp_path: Path) -> None:
    """`include` is part of the stack."""
    (tmp_path / "more.yml").write_text("services:\n  a:\n    image: x\n    privileged: true\n")
    found = examine(
        stack("include: [more.yml]\nservices: {b: {image: y}}"),
        Selection(only=("privileged-container",)),
    ).findings
    assert [("more.yml", 4)] == [(one.at.file.name, one.at.line) for one in found if one.at]
