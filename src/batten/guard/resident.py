"""The guard at work: events come in, what is due is done, the ledger is kept."""

import queue
import signal
import threading
import time
from collections.abc import Callable

import msgspec

from batten.engine import cgroup
from batten.engine.container import Container
from batten.engine.event import Event
from batten.engine.lean import LeanEngine
from batten.engine.refusal import Refused
from batten.errors import EngineError
from batten.guard.act import Act, act
from batten.guard.ledger import Ledger, LedgerFile
from batten.guard.restarted import engine_was_restarted
from batten.guard.stack import GuardedStack
from batten.guard.tell import Teller
from batten.guard.view import View
from batten.model import Restart

# Seconds between looks at everything, should an event have been missed.
_LOOK_S = 60.0
# Seconds between looks at containers that change without an event.
_UNSETTLED_S = 0.5
# Seconds before another try where the engine does not answer: the first, and the longest.
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 1.0
# Seconds for the engine to show that it is not itself about to end.
_GREETING_S = 2.0
# How many containers are started at once.
_HANDS = 16


class _Lost(msgspec.Struct, frozen=True):
    """The engine hung up on a stream of events."""

    stream: int


class _Woken(msgspec.Struct, frozen=True):
    """Something is to be seen to at once."""


Message = Event | Act | _Lost | _Woken


class Resident:
    """The guard of one project, until it is told to end."""

    def __init__(
        self,
        engine: LeanEngine,
        file: LedgerFile,
        teller: Teller,
        show: Callable[[View], None] = lambda _: None,
    ) -> None:
        ledger = file.read()
        self._strangers = ledger is None or ledger.given_back
        self._stack = GuardedStack(ledger or Ledger(), teller)
        self._engine = engine
        self._file = file
        self._teller = teller
        self._show = show
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._streams = 0
        self._unkept = ""

    def end(self, *_: object) -> None:
        """Leave in order, soon; fit to handle a signal."""
        self._ending.set()
        self._queue.put(_Woken())

    def run(self) -> None:
        """Guard until `end` is called; then give the engine its policies back."""
        signal.signal(signal.SIGTERM, self.end)
        signal.signal(signal.SIGINT, self.end)
        wait, told = _FIRST_WAIT_S, ""
        while not self._ending.is_set():
            try:
                self._connect()
                wait, told = _FIRST_WAIT_S, ""
                self._guard()
            except EngineError as error:
                if error.message != told:
                    told = error.message
                    self._teller.say(f"{error.message}; trying again")
                self._show(View.blind(self._stack, error.message))
                self._ending.wait(wait)
                wait = min(wait * 2, _LONGEST_WAIT_S)
        self._leave()

    def _connect(self) -> None:
        """Open the stream of events, then look at everything: nothing falls between the two."""
        ledger = self._stack.ledger
        since, memory = ledger.anchor, self._engine.memory()
        self._streams += 1
        ready: queue.SimpleQueue[EngineError | None] = queue.SimpleQueue()
        reader = threading.Thread(
            target=self._read, args=(self._streams, since, ready), daemon=True
        )
        reader.start()
        if error := ready.get():
            raise error
        for event in self._engine.past_events(since):
            self._stack.hear(event)
        found = self._engine.containers()
        restarted = bool(since) and engine_was_restarted(ledger.entries, since, memory, found)
        if restarted:
            self._teller.say("the engine was started anew")
        self._stack.see_all(found, strangers=self._strangers, rebooted=restarted)
        self._strangers = False
        ledger.anchor = ledger.anchor or (memory[-1] if memory else time.time())

    def _read(
        self, stream: int, since: float, ready: "queue.SimpleQueue[EngineError | None]"
    ) -> None:
        """Put events into the queue until the engine hangs up."""
        try:
            with self._engine.events(since or time.time()) as events:
                ready.put(None)
                for event in events:
                    self._queue.put(event)
        except EngineError as error:
            ready.put(error)
        finally:
            self._queue.put(_Lost(stream))

    def _guard(self) -> None:
        """See to everything until the engine hangs up, which is an EngineError, or `end`."""
        looked = time.monotonic()
        while not self._ending.is_set():
            self._take()
            self._do()
            self._keep()
            self._show(View.of(self._stack))
            changed = self._heard(self._patience(looked))
            for container_id in changed | self._stack.unsettled():
                self._look(container_id)
            if time.monotonic() - looked >= _LOOK_S:
                looked = time.monotonic()
                self._stack.see_all(self._engine.containers())
                self._count_kills()
                self._teller.settle(self._stack.containers.values())

    def _patience(self, looked: float) -> float:
        """Seconds for which nothing is to be done unless something happens."""
        rest = looked + _LOOK_S - time.monotonic()
        if self._stack.unsettled():
            rest = min(rest, _UNSETTLED_S)
        due = self._stack.next_due()
        return max(0.0, rest if due is None else min(rest, due - time.time()))

    def _heard(self, patience: float) -> set[str]:
        """Wait for something to happen, and take in all that has; returns whom it concerns."""
        changed: set[str] = set()
        try:
            message = self._queue.get(timeout=patience)
            while True:
                changed |= self._concerned(message)
                message = self._queue.get_nowait()
        except queue.Empty:
            return changed

    def _concerned(self, message: Message) -> set[str]:
        match message:
            case Event():
                self._stack.hear(message)
                return {message.container}
            case Act():
                self._acted(message)
                return {message.container}
            case _Lost(stream) if stream == self._streams:
                raise EngineError("the Docker engine hung up")
        return set()

    def _look(self, container_id: str) -> None:
        found = self._engine.container(container_id)
        if found is None:
            self._stack.forget(container_id)
        elif not found.one_off:
            self._stack.see(found)

    def _take(self) -> None:
        """Take the restarts over from the engine: what was is on the disk before it is changed."""
        owned = self._stack.to_take()
        for one in owned:
            self._stack.taken(one)
        if owned:
            self._keep()
        for one in owned:
            self._set_restart(one.id, Restart())
            self._look(one.id)

    def _do(self) -> None:
        """Have everything started that is due; it is on the disk before it is begun."""
        due = self._stack.due()[: _HANDS - len(self._stack.busy)]
        for one in due:
            self._stack.begin(one)
        if due:
            self._keep()
        for one in due:
            # Nobody waits for them when the guard ends: the ledger knows that they were begun.
            threading.Thread(target=self._act, args=(one,), daemon=True).start()
        self._teller.held({one.name: self._stack.held(one) for one in self._stack.overdue()})

    def _count_kills(self) -> None:
        """The kernel counts better than the engine tells, for as long as a container runs."""
        for one in self._stack.containers.values():
            if one.running and (usage := cgroup.read_by_id(one.id)):
                self._stack.count_kills(one, usage.oom_kills)

    def _act(self, one: Container) -> None:
        self._queue.put(act(self._engine, one))

    def _acted(self, done: Act) -> None:
        if done.ok:
            self._stack.started(done.container)
        elif done.refused:
            self._stack.not_started(done.container, done.refused)
        else:
            self._stack.interrupted(done.container)

    def _leave(self) -> None:
        """Give the engine its policies back; an engine that is itself ending does not answer."""
        ledger = self._stack.ledger
        try:
            self._engine.ping(_GREETING_S)
            for container_id, entry in ledger.entries.items():
                if entry.taken is not None:
                    self._set_restart(container_id, entry.taken)
        except EngineError:
            self._keep()
            return
        ledger.given_back = True
        self._keep()
        self._teller.say("the engine restarts containers by itself again")

    def _keep(self) -> None:
        """A full disk is no reason to guard nothing."""
        try:
            self._file.write(self._stack.ledger)
            self._unkept = ""
        except OSError as error:
            if self._unkept != str(error):
                self._unkept = str(error)
                self._teller.say(f"what must not be forgotten cannot be written: {error}")

    def _set_restart(self, container_id: str, restart: Restart) -> None:
        """A container that is gone, or on its way, needs no policy."""
        try:
            self._engine.set_restart(container_id, restart)
        except Refused as error:
            if error.not_found or error.status == 409:
                return
            if "marked for removal" in error.reason or "No such container" in error.reason:
                return
            raise
