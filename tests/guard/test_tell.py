"""What the guard says: each thing once."""

from datetime import UTC, datetime

import msgspec

from batten.engine.container import Container
from batten.guard.answer import Cause
from batten.guard.entry import Entry
from batten.guard.order import Wait
from batten.guard.tell import Teller
from batten.model import Policy

POLICY = Policy("on-failure", delay=1.0)
WEB = Container(
    id="w", name="p-web-1", project="p", service="web", number=1, image="i", state="exited",
    exit_code=3, started_at=datetime.fromtimestamp(2000, UTC),
)  # fmt: skip
UP = Entry("web", "web", 1.0)
DOWN = msgspec.structs.replace(UP, phase="waiting", cause=Cause.CRASH)


def test_a_service_that_flaps_is_told_of_a_few_times() -> None:
    """A thousand crashes are the first, one line for each doubling, and an end."""
    said: list[str] = []
    now = [1000.0]
    teller = Teller(said.append, lambda: now[0])
    for _ in range(1000):
        teller.changed(WEB, UP, DOWN, POLICY)
        teller.changed(WEB, DOWN, UP, POLICY)
        now[0] += 1
    assert "web ended with exit code 3: restarted in 1 s" == said[0]
    assert "web ended with exit code 3: 512 runs failed in 511 s" == said[-1]
    assert 9 == len(said)
    now[0] = 2070
    running = msgspec.structs.replace(WEB, state="running", exit_code=None)
    teller.settle([running])
    teller.settle([running])
    assert "web holds again: 1000 runs failed in 1000 s" == said[-1]
    assert 10 == len(said)


def test_what_holds_a_service_up_is_told_once() -> None:
    """And again when it is something else."""
    said: list[str] = []
    teller = Teller(said.append)
    for why in ("is down", "is down", "is starting"):
        teller.held({"web": [Wait("db", why, hopeless=False)]})
    teller.held({})
    assert ["web waits for `db`, which is down", "web waits for `db`, which is starting"] == said
