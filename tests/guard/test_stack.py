"""A described engine and a guard that dies at any moment: what is declared is what comes out.

Only the engine is described here; whatever decides is the real thing. The same is done to a real
engine, with fewer moments, in `test_trouble.py`.
"""

from datetime import UTC, datetime

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from batten.engine.container import Container
from batten.engine.event import Event
from batten.guard.ledger import Ledger
from batten.guard.stack import GuardedStack
from batten.guard.tell import Teller

TICK = 0.5
# Nothing happens at the same time as anything else.
MOMENT = 1 / 64
NAMES = ("db", "web")


class Machine(RuleBasedStateMachine):
    """An engine with two services, `web` after `db`; time passes in ticks."""

    @initialize(
        attempts=st.integers(0, 3),
        delay=st.integers(1, 3),
        window=st.sampled_from([0, 10, 30]),
        condition=st.sampled_from(["on-failure", "any"]),
    )
    def begin(self, attempts: int, delay: int, window: int, condition: str) -> None:
        """The stack is up, and so is the guard."""
        label = f"{condition} delay={delay}s attempts={attempts} window={window}s"
        self.condition, self.delay, self.attempts, self.window = condition, delay, attempts, window
        self.now = 1_000_000.0
        self.engine = {
            name: Container(
                id=name,
                name=name,
                project="p",
                service=name,
                number=1,
                image="i",
                state="running",
                started_at=self._at(self.now),
                labels={"dev.batten.restart": label}
                | (
                    {"com.docker.compose.depends_on": "db:service_started:false"}
                    if name == "web"
                    else {}
                ),
            )
            for name in NAMES
        }
        self.restarts: dict[str, list[float]] = {name: [] for name in NAMES}
        self.by_hand: set[str] = set()
        self.begun: dict[str, float] = {}
        self.said: list[str] = []
        self._wake(GuardedStack(Ledger(), Teller(self.said.append), lambda: self.now))

    def _wake(self, stack: GuardedStack) -> None:
        self.stack: GuardedStack | None = stack
        stack.see_all(self.engine.values(), strangers=not stack.ledger.entries)
        self._keep()

    def _keep(self) -> None:
        """What is on the disk is all that survives."""
        if self.stack:
            self.disk = msgspec.json.encode(self.stack.ledger)

    @staticmethod
    def _at(seconds: float) -> datetime:
        return datetime.fromtimestamp(seconds, UTC)

    def _ends(self, name: str, code: int, events: tuple[Event, ...] = ()) -> None:
        self.engine[name] = msgspec.structs.replace(
            self.engine[name], state="exited", exit_code=code, finished_at=self._at(self.now)
        )
        self.events = [*getattr(self, "events", []), *events]
        self._tell(name)

    def _starts(self, name: str) -> None:
        self.engine[name] = msgspec.structs.replace(
            self.engine[name], state="running", exit_code=None, started_at=self._at(self.now)
        )

    def _tell(self, name: str) -> None:
        if self.stack:
            for event in self.events:
                self.stack.hear(event)
            self.stack.see(self.engine[name])
            self._keep()

    @rule(name=st.sampled_from(NAMES), code=st.sampled_from([0, 1, 137]))
    def crash(self, name: str, code: int) -> None:
        """A process ends by itself."""
        self.now += MOMENT
        if self.engine[name].running:
            self._ends(name, code)

    @rule(name=st.sampled_from(NAMES), times=st.integers(2, 5), ran=st.integers(1, 20))
    def crash_loop(self, name: str, times: int, ran: int) -> None:
        """It crashes, is restarted after its delay, and crashes again."""
        for _ in range(times):
            self.time_passes(ran, None)
            self.crash(name, 1)
            self.time_passes(6, None)

    @rule(name=st.sampled_from(NAMES))
    def stop(self, name: str) -> None:
        """A person stops a container that runs."""
        self.now += MOMENT
        if self.engine[name].running:
            deed = (Event(name, "kill", self.now, 15), Event(name, "stop", self.now))
            self.by_hand.add(name)
            self._ends(name, 143, deed)

    @rule(name=st.sampled_from(NAMES))
    def start(self, name: str) -> None:
        """A person starts a container that is down."""
        self.now += MOMENT
        if not self.engine[name].running:
            self.by_hand.discard(name)
            self.restarts[name] = self._after_start_by_hand(name)
            self._starts(name)
            self._tell(name)

    def _after_start_by_hand(self, name: str) -> list[float]:
        """Counting begins anew, unless a guard died over its own start: then nobody can tell."""
        entry = msgspec.json.decode(self.disk, type=Ledger).entries[name]
        unknown = self.stack is None and entry.phase == "starting"
        return self.restarts[name] if unknown else []

    @rule(ticks=st.integers(1, 12), dies=st.sampled_from([None, None, None, "before", "after"]))
    def time_passes(self, ticks: int, dies: str | None) -> None:
        """The guard does what is due; it may die in the middle of that."""
        for _ in range(ticks):
            self.now += TICK
            if self.stack:
                self._guard(dies)

    def _guard(self, dies: str | None) -> None:
        assert self.stack
        for one in self.stack.due():
            self.stack.begin(one)
            self._keep()
            assert one.id not in self.by_hand, "a person stopped it"
            self._count(one)
            if dies == "before":
                self.stack = None
                return
            self._starts(one.id)
            if dies == "after":
                self.stack = None
                return
            self.stack.started(one.id)
            self._tell(one.id)

    def _count(self, one: Container) -> None:
        """Swarm would have decided the same when it ended."""
        assert one.finished_at
        ended = one.finished_at.timestamp()
        assert self.now >= ended + self.delay, "before its delay"
        assert one.exit_code or self.condition == "any", "a clean exit is no failure"
        begun, self.begun[one.id] = self.begun.get(one.id), ended
        if one.service == "web":
            db = self.engine["db"]
            left = self.stack is not None and self.stack.ledger.entries["db"].phase == "left"
            assert db.running or left, "before what it depends on"
            if not db.running:
                return
        if begun == ended:  # by a guard that died over it
            return
        assert not self._used_up(one), "one attempt too many"
        self.restarts[one.id].append(ended)

    def _used_up(self, one: Container) -> bool:
        """Whether Swarm would have given it up when it ended."""
        assert one.finished_at
        ended = one.finished_at.timestamp()
        counted = self.restarts[one.id]
        if self.window:
            counted = [at for at in counted if ended - self.window < at < ended]
        return bool(self.attempts) and len(counted) >= self.attempts

    @precondition(lambda self: getattr(self, "stack", None) is None)
    @rule()
    def guard_returns(self) -> None:
        """It goes on from what is on the disk, and hears what the engine remembers."""
        ledger = msgspec.json.decode(self.disk, type=Ledger)
        stack = GuardedStack(ledger, Teller(self.said.append), lambda: self.now)
        for event in getattr(self, "events", []):
            stack.hear(event)
        self._wake(stack)

    @precondition(lambda self: getattr(self, "stack", None) is not None)
    @rule()
    def guard_dies(self) -> None:
        """Whenever it likes."""
        self.stack = None

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """Who is down was stopped, has ended well, is given up, or is about to be started."""
        if not getattr(self, "stack", None):
            return
        assert self.stack
        for name, one in self.engine.items():
            entry = self.stack.ledger.entries[name]
            if one.running:
                assert entry.phase == "up"
            elif name in self.by_hand:
                assert ("left", "stopped") == (entry.phase, entry.reason)
            elif entry.phase == "left":
                assert (one.exit_code, self.condition) == (0, "on-failure")
            else:
                assert entry.pending or entry.phase == "gave_up"
                # What a guard had begun when it died was decided before it counted.
                begun = one.finished_at and self.begun.get(name) == one.finished_at.timestamp()
                assert begun or self._used_up(one) == (entry.phase == "gave_up")


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
