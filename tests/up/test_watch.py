"""A service holds, or it does not, or it cannot any more."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from batten.engine import Container
from batten.model import Dependency, Deploy, Service, Stack
from batten.up import watch
from batten.up.watch import Watch

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def container(service: str, number: int = 1, state: str = "running", **more: Any) -> Container:  # noqa: ANN401
    """A container of the stack `demo`."""
    name = f"demo-{service}-{number}"
    known: dict[str, Any] = {"restart_policy": "on-failure", "started_at": NOW} | more
    return Container(name, name, "demo", service, number, "x", state, **known)


@pytest.fixture
def tick(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A clock that moves when it is told to."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


def test_health_decides_where_there_is_a_check() -> None:
    """Starting waits, healthy holds, unhealthy cannot."""
    seen = Watch(Stack("demo", {"a": Service(name="a")}), ["a"])
    found = []
    for health in ("starting", "healthy", "unhealthy"):
        seen.look([container("a", health=health)])
        found.append((seen.waiting, len(seen.broken)))
    assert found == [(["a"], 0), ([], 0), (["a"], 1)]


def test_running_alone_must_last(tick: Callable[[float], None]) -> None:
    """Without a check, a container has to stay up for a while; a restart starts the while anew."""
    seen = Watch(Stack("demo", {"a": Service(name="a")}), ["a"])
    seen.look([container("a")])
    assert seen.waiting == ["a"]
    tick(watch.STEADY_S)
    seen.look([container("a", started_at=datetime(2026, 1, 2, tzinfo=UTC))])
    assert seen.waiting == ["a"]
    tick(watch.STEADY_S)
    seen.look([container("a", started_at=datetime(2026, 1, 2, tzinfo=UTC))])
    assert seen.waiting == []


def test_every_replica_counts() -> None:
    """One of two is not enough."""
    seen = Watch(Stack("demo", {"a": Service(name="a", deploy=Deploy(replicas=2))}), ["a"])
    seen.look([container("a", health="healthy"), container("a", 2, health="starting")])
    assert seen.waiting == ["a"]
    seen.look([container("a", health="healthy"), container("a", 2, health="healthy")])
    assert seen.waiting == []


def test_ending_well_is_success_only_for_what_is_meant_to_end() -> None:
    """A job that somebody waits for may exit with 0, a database may not."""
    job = Service(name="job")
    app = Service(name="app", depends_on={"job": Dependency("service_completed_successfully")})
    seen = Watch(Stack("demo", {"job": job, "app": app}), ["job", "app"])
    ended = [container(name, state="exited", exit_code=0) for name in ("job", "app")]
    seen.look(ended)
    assert seen.waiting == ["app"]
    assert [one.service for one in seen.broken] == ["app"]


def test_only_restarts_of_this_start_count() -> None:
    """A container may have a past."""
    seen = Watch(Stack("demo", {"a": Service(name="a")}), ["a"])
    seen.look([container("a", health="starting", restart_count=40)])
    assert seen.broken == []
    seen.look([container("a", health="starting", restart_count=40 + watch.RESTARTS)])
    assert len(seen.broken) == 1


def test_what_is_not_there_is_waited_for() -> None:
    """And a service with no replicas is not."""
    stack = Stack("demo", {"a": Service(name="a"), "off": Service(name="off", scale=0)})
    seen = Watch(stack, ["a", "off"])
    seen.look([])
    assert seen.waiting == ["a"]
    assert str(seen) == "0 of 1 ready, waiting for a"
