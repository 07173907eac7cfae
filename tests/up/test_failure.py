"""A service that does not hold is told as it is."""

from typing import Any, cast

import pytest

from batten.engine import Container, Engine
from batten.up.failure import compose_failed, unhealthy


class Quiet:
    """A stand-in for an engine whose containers logged one line each."""

    def logs(self, container_id: str, tail: int) -> list[str]:  # noqa: ARG002
        """See `Engine.logs`."""
        return [f"last words of {container_id}"]


ENGINE = cast("Engine", Quiet())


def container(state: str, **more: Any) -> Container:  # noqa: ANN401
    """The container of `db`."""
    return Container("1", "demo-db-1", "demo", "db", 1, "x", state, **more)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (container("exited", exit_code=3), "`db` exited with 3\n"),
        (container("exited", exit_code=1, health="unhealthy"), "`db` exited with 1\n"),
        (
            container("exited", exit_code=137, oom_killed=True),
            "`db` exited with 137, killed for want of memory\n",
        ),
        (
            container("running", health="unhealthy", health_output="port closed"),
            "`db` is running but unhealthy: port closed\n",
        ),
        (container("restarting", restart_count=5), "`db` was restarted 5 times\n"),
    ],
)
def test_what_happened_is_said_first(found: Container, words: str) -> None:
    """Death before illness, then the last lines it logged."""
    error = unhealthy(ENGINE, found)
    assert error.message.startswith(words)
    assert "| last words of 1" in error.message
    assert "docker logs demo-db-1" in (error.hint or "")


def test_composes_own_failure_is_told_where_no_service_is_to_blame() -> None:
    """With its last error, and without the lines that only report progress."""
    said = "Container a Creating\nError response from daemon: network is gone\n"
    error = compose_failed(ENGINE, said, [])
    assert "network is gone" in error.message
    assert "Creating" not in error.message
