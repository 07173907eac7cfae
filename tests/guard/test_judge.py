"""What a dead guard had begun."""

from datetime import UTC, datetime

import msgspec

from batten.engine.container import Container
from batten.guard.answer import Cause, History
from batten.guard.deeds import Deeds
from batten.guard.entry import Entry
from batten.guard.judge import judge
from batten.model import Policy

POLICY = Policy("on-failure", delay=1.0, attempts=1)
DOWN = Container(
    id="w", name="web", project="p", service="web", number=1, image="i", state="exited",
    exit_code=1, started_at=datetime.fromtimestamp(10, UTC),
    finished_at=datetime.fromtimestamp(20, UTC),
)  # fmt: skip
AGAIN = msgspec.structs.replace(DOWN, state="running", started_at=datetime.fromtimestamp(30, UTC))
BEGUN = Entry("web", "web", 10.0, phase="starting", cause=Cause.CRASH, history=History(1))


def test_a_start_that_took_place_is_the_guards() -> None:
    """Its attempt stays counted."""
    assert History(1) == judge(BEGUN, AGAIN, POLICY, Deeds(), 31.0).history


def test_a_start_that_did_not_is_begun_again() -> None:
    """Without another attempt; if a person is quicker, counting begins anew."""
    seen = judge(BEGUN, DOWN, POLICY, Deeds(), 25.0)
    assert ("waiting", None, History(1)) == (seen.phase, seen.decided, seen.history)
    assert History() == judge(seen, AGAIN, POLICY, Deeds(), 31.0).history
