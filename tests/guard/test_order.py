"""Who waits for whom."""

from typing import Any

import pytest

from batten.engine.container import Container
from batten.guard.entry import Entry
from batten.guard.order import waits


def container(name: str, state: str = "running", **changes: Any) -> Container:  # noqa: ANN401
    """A container of the service of that name."""
    return Container(
        id=name, name=name, project="p", service=name, number=1, image="i", state=state, **changes
    )


def web(condition: str) -> Container:
    """One that depends on `db` in that way."""
    return container(
        "web", labels={"com.docker.compose.depends_on": f"db:service_{condition}:false"}
    )


@pytest.mark.parametrize(
    ("condition", "db", "expected"),
    [
        ("started", container("db"), []),
        ("started", container("db", "exited", exit_code=0), ["`db`, which is down"]),
        ("healthy", container("db", health="healthy"), []),
        ("healthy", container("db", health="starting"), ["`db`, which is starting"]),
        ("healthy", container("db", health="unhealthy"), ["`db`, which is unhealthy"]),
        ("healthy", container("db"), []),
        ("completed_successfully", container("db", "exited", exit_code=0), []),
        (
            "completed_successfully",
            container("db", "exited", exit_code=1),
            ["`db`, which has not completed"],
        ),
    ],
)
def test_each_condition_means_what_it_does_to_compose(
    condition: str, db: Container, expected: list[str]
) -> None:
    """A healthy one that has no healthcheck need only run."""
    found = waits(web(condition), {"db": [db]}, {})
    assert expected == [str(wait) for wait in found]


def test_what_is_not_there_is_not_waited_for() -> None:
    """A dependency behind a profile that is not on has no container."""
    assert [] == waits(web("healthy"), {}, {})


def test_all_containers_of_a_service_have_to_be_there() -> None:
    """One of two is not enough."""
    found = waits(web("started"), {"db": [container("db"), container("db", "exited")]}, {})
    assert ["`db`, which is down"] == [str(wait) for wait in found]


@pytest.mark.parametrize(
    ("entry", "expected", "hopeless"),
    [
        (Entry("db", "db", 1.0, phase="left", reason="stopped"), "was stopped", True),
        (Entry("db", "db", 1.0, phase="left", reason="finished"), "is down", True),
        (Entry("db", "db", 1.0, phase="gave_up"), "is down and was given up", False),
        (Entry("db", "db", 1.0, phase="waiting"), "is down", False),
    ],
)
def test_why_it_is_not_there(entry: Entry, expected: str, *, hopeless: bool) -> None:
    """Who was stopped by hand comes back nobody knows when."""
    (found,) = waits(web("started"), {"db": [container("db", "exited")]}, {"db": entry})
    assert (expected, hopeless) == (found.why, found.hopeless)
