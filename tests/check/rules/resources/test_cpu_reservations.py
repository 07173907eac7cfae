"""A habit is one finding."""

from collections.abc import Callable

import pytest

from batten.check import Selection, Stack, examine

MakeStack = Callable[..., Stack]


@pytest.mark.parametrize(("services", "found"), [(1, 1), (3, 3), (4, 1), (20, 1)])
def test_many_reservations_are_said_once(stack: MakeStack, services: int, found: int) -> None:
    """Few are named one by one; nobody reads the same advice for each of 57 services."""
    reserve = "image: a/a:1, deploy: {resources: {reservations: {cpus: '0.5'}}}"
    made = stack("services:\n" + "".join(f"  s{n}: {{{reserve}}}\n" for n in range(services)))
    findings = examine(made, Selection(only=("cpu-reservation-without-effect",))).findings
    assert found == len(findings)
    assert (services > found) is (findings[0].service is None)
    assert findings[0].at
    assert 2 == findings[0].at.line
