"""What is accepted with a reason is still counted and shown."""

from collections.abc import Callable

import pytest

from batten.check import Selection, Stack, examine

MakeStack = Callable[..., Stack]
PRIVILEGED = Selection(only=("privileged-container",))


@pytest.mark.parametrize(
    "text",
    [
        (
            "x-batten: {accept: {privileged-container: a reason}}\n"
            "services: {a: {image: x, privileged: true}}"
        ),
        (
            "services:\n  a:\n    image: x\n    privileged: true\n"
            "    x-batten: {accept: {privileged-container: a reason}}"
        ),
        (
            "services:\n  a:\n    image: x\n"
            "    privileged: true  # batten: accept privileged-container: a reason"
        ),
        (
            "services:\n  a:\n    image: x\n"
            "    # batten: accept privileged-container: a reason\n    privileged: true"
        ),
        (
            "services:\n  a:\n    image: x\n"
            "    # batten: accept privileged-container: a reason\n"
            "    # batten: accept no-memory-limit: another\n\n    privileged: true"
        ),
    ],
)
def test_a_finding_is_accepted_with_a_reason(stack: MakeStack, text: str) -> None:
    """At the top, on the service, on the line, or above it."""
    report = examine(stack(text), PRIVILEGED)
    assert ["a reason"] == [found.accepted for found in report.findings]
    assert (1, 0) == (report.accepted, len(report.open))
    assert not report.fails()


@pytest.mark.parametrize(
    "text",
    [
        "x-batten: {accept: {privileged-container: }}\nservices: {a: {image: x, privileged: true}}",
        "x-batten: {accept: [privileged-container]}\nservices: {a: {image: x, privileged: true}}",
        (
            "services:\n  b:\n    image: x\n"
            "    x-batten: {accept: {privileged-container: a reason}}\n"
            "  a: {image: x, privileged: true}"
        ),
        (
            "services:\n  a:\n    # batten: accept privileged-container: a reason\n"
            "    image: x\n    privileged: true"
        ),
        "services:\n  a:\n    image: x\n    privileged: true  # batten: accept privileged-container",
        (
            "services:\n  a:\n    image: x\n"
            "    privileged: true  # batten: accept host-network: a reason"
        ),
    ],
)
def test_anything_less_accepts_nothing(stack: MakeStack, text: str) -> None:
    """No reason, another service, another line, another rule: the finding stays open."""
    assert [None] == [found.accepted for found in examine(stack(text), PRIVILEGED).findings]


def test_an_overlay_can_accept_what_the_base_does(stack: MakeStack) -> None:
    """The deciding file may be another than the accepting one."""
    report = examine(
        stack(
            "services: {a: {image: x, privileged: true}}",
            "services: {a: {x-batten: {accept: {privileged-container: here it may}}}}",
        ),
        PRIVILEGED,
    )
    assert ["here it may"] == [found.accepted for found in report.findings]
