"""The policy beside an independent model of what Swarm's restart supervisor does."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from batten.guard.answer import Answer, Cause, End, History, after, answer
from batten.model import RESTART_LABEL, UNHEALTHY_LABEL, Policy, Restart

CONDITIONS = ("none", "on-failure", "any")
# Few and exact, so that an end often falls on the very edge of a window.
RUNS = st.sampled_from([0.5, 1.0, 2.0, 5.0, 9.0, 10.0, 50.0, 60.0])


class Swarm:
    """Swarm's supervisor for one slot, as its documentation and source describe it.

    A task that ended is replaced if the condition says so and fewer than `max_attempts`
    replacements were made: ever, or, with a window, after `end - window` and before `end`. The
    replacement is created, and recorded, when the end is noticed; it runs after the delay.
    """

    def __init__(self, condition: str, delay: float, attempts: int, window: float) -> None:
        self.condition, self.delay, self.attempts, self.window = condition, delay, attempts, window
        self.created: list[float] = []

    def replaces(self, end: float, *, completed: bool) -> bool:
        """Whether a task that ended then is replaced."""
        if self.condition == "none" or (self.condition == "on-failure" and completed):
            return False
        counted = self.created
        if self.window:
            counted = [made for made in counted if made > end - self.window and made < end]
        if self.attempts and len(counted) >= self.attempts:
            return False
        self.created.append(end)
        return True


class SameAsSwarm(RuleBasedStateMachine):
    """A service that runs, ends, is replaced or is not, and is updated, for hours."""

    @initialize(
        condition=st.sampled_from(CONDITIONS),
        delay=st.integers(0, 10),
        attempts=st.integers(0, 4),
        window=st.sampled_from([0, 1, 10, 60]),
    )
    def declare(self, condition: str, delay: int, attempts: int, window: int) -> None:
        """Somebody wrote a policy, as a label has it."""
        text = f"{condition} delay={delay}s attempts={attempts} window={window}s"
        self.policy = Policy.parse(text)
        self.swarm = Swarm(condition, delay, attempts, window)
        self.history = History()
        self.now = 1000.0
        self.down = False

    @rule(ran=RUNS, cause=st.sampled_from([Cause.CRASH, Cause.OOM, Cause.EXIT, Cause.UNHEALTHY]))
    def end(self, ran: float, cause: Cause) -> None:
        """It ends after a while, and both decide."""
        if self.down:
            return
        self.now += ran
        found = answer(self.policy, self.history, End(self.now, cause))
        replaced = self.swarm.replaces(self.now, completed=cause is Cause.EXIT)
        assert replaced == (found is Answer.RESTART)
        if found is Answer.RESTART:
            self.history = after(self.policy, self.history, self.now)
            self.now += self.policy.delay
        else:
            self.down = True

    @rule()
    def update(self) -> None:
        """A new version of the service begins with a clean history."""
        self.swarm.created.clear()
        self.history, self.down = History(), False

    @invariant()
    def remembers_no_more_than_it_needs(self) -> None:
        """Otherwise the state of a service that flaps for years would grow."""
        if hasattr(self, "policy"):
            most = self.policy.attempts or 0
            assert len(self.history.at) <= max(most, 0) + 1


TestSameAsSwarm = SameAsSwarm.TestCase
TestSameAsSwarm.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize(("ended", "expected"), [(109.5, Answer.GIVE_UP), (110.0, Answer.RESTART)])
def test_the_edge_of_a_window_is_outside_of_it(ended: float, expected: Answer) -> None:
    """As with Swarm, which looks for restarts after the beginning of the window."""
    policy = Policy("any", delay=5.0, attempts=1, window=10.0)
    history = after(policy, History(), 100.0)
    assert expected is answer(policy, history, End(ended, Cause.CRASH))


@given(
    condition=st.sampled_from(CONDITIONS),
    delay=st.integers(0, 500),
    attempts=st.integers(0, 50),
    window=st.integers(0, 5000),
)
def test_a_label_says_what_it_is_read_as(
    condition: str, delay: int, attempts: int, window: int
) -> None:
    """Written and read again, a policy is the same."""
    policy = Policy.parse(f"{condition} window={window}s attempts={attempts} delay={delay}s")
    again = Policy.parse(str(policy))
    if condition == "none":
        assert "none" == str(policy)
    else:
        assert policy == again


def test_what_is_not_said_is_swarms_default() -> None:
    """Any number of attempts, five seconds apart."""
    assert Policy("on-failure", delay=5.0, attempts=0, window=0.0) == Policy.parse("on-failure")
    assert 90.0 == Policy.parse("any delay=1m30s").delay


@pytest.mark.parametrize(
    "text",
    [
        "",
        "always",
        "on-failure:5",
        "on-failure delay",
        "on-failure delay=5",
        "on-failure delay=5s delay=6s",
        "on-failure attempts=-1",
        "on-failure attempts=five",
        "any wait=5s",
        "engine delay=5s",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """A policy that is half understood would be worse than none."""
    with pytest.raises(ValueError, match="cannot be read") as caught:
        Policy.parse(text)
    assert f"in `{text}`" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "attempts", "expected"),
    [
        ("no", 0, "none"),
        ("on-failure", 3, "on-failure delay=5s attempts=3"),
        ("on-failure", 0, "on-failure delay=5s"),
        ("always", 0, "any delay=5s"),
        ("unless-stopped", 0, "any delay=5s"),
    ],
)
def test_without_a_label_the_engine_policy_counts(name: str, attempts: int, expected: str) -> None:
    """With Swarm's delay, and attempts that are never forgotten, as the engine's are not."""
    assert expected == str(Policy.of({}, Restart(name, attempts)))
    assert math.isclose(0.0, Policy.of({}, Restart(name, attempts)).window)


def test_labels_decide_over_the_engine_policy() -> None:
    """Whatever Compose passed on to the engine."""
    labels = {RESTART_LABEL: "any delay=1s", UNHEALTHY_LABEL: "leave"}
    found = Policy.of(labels, Restart("on-failure", 5))
    assert Policy("any", delay=1.0, restart_unhealthy=False) == found
    assert Answer.LEAVE is answer(found, History(), End(1.0, Cause.UNHEALTHY))
    assert Answer.RESTART is answer(found, History(), End(1.0, Cause.EXIT))
    with pytest.raises(ValueError, match="cannot be read: `yes`"):
        Policy.of({UNHEALTHY_LABEL: "yes"}, Restart())
