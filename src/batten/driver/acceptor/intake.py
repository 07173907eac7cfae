"""All sessions, and the loop that empties their FIFOs."""

import select
import threading
import time
from pathlib import Path
from typing import Any

from batten.driver.acceptor.gate import Gate
from batten.driver.acceptor.session import Session
from batten.driver.options import OptionError, parse
from batten.driver.spool import Spool, Stream
from batten.driver.spool.limits import Limits
from batten.driver.spool.stream import STOPPED
from batten.driver.spool.sync import Syncer

# Seconds between two looks at FIFOs that are written to: waking up for each line would cost ten
# times the CPU, and a FIFO of 1 MiB takes longer to fill.
REST = 0.01
# Bytes in one look from which on there is no rest.
FULL = 512 << 10
# Seconds in which the engine opens its end of a FIFO.
_GRACE = 2.0


class Intake:
    """Every container's FIFO, and where it goes."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._spool = Spool(root)
        self._spool.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._gate = Gate(self._spool, limits)
        self._syncer = Syncer()
        self._poll = select.epoll()
        self._lock = threading.Lock()
        self._sessions: dict[int, Session] = {}
        self._held: set[Session] = set()
        self._orphans: list[tuple[float, Session]] = []

    def begin(self, file: str, info: dict[str, Any]) -> None:
        """Start to take what is written to `file`; raise OptionError or OSError."""
        blocks = parse(info.get("Config") or {}, info).spool_full == "block"
        with self._lock:
            # The engine asks again where the answer got lost.
            if any(session.file == file for session in self._sessions.values()):
                return
        self._add(Session.begin(self._spool.folder, file, info, self._syncer, blocks=blocks))

    def end(self, file: str) -> None:
        """Take the rest of what was written to `file`, and forget it."""
        for session in self._all():
            if session.file == file:
                self._end(session)

    def reopen(self) -> None:
        """Go on with every session that the last acceptor left behind."""
        for stream in self._spool.streams():
            if stream.stopped:
                continue
            try:
                session = Session(stream, self._syncer, blocks=_blocks(stream))
            except OSError:
                (stream.folder / STOPPED).touch(mode=0o600)
            else:
                self._orphans.append((time.monotonic() + _GRACE, session))
                self._add(session)

    def run(self) -> None:
        """Take for ever."""
        self._syncer.start()
        while True:
            self.round()

    def round(self) -> None:
        """Wait until something is written, take it, rest."""
        timeout = 1.0 if self._orphans or self._held else None
        taken = 0
        for number, event in self._poll.poll(timeout):
            session = self._sessions.get(number)
            if session is not None:
                taken = max(taken, self._take(session, hung_up=bool(event & select.EPOLLHUP)))
        self._end_orphans()
        self._let_go()
        if taken < FULL:
            time.sleep(REST)

    def _take(self, session: Session, *, hung_up: bool) -> int:
        if session.blocks and self._gate.is_closed(session.stream, session.offset):
            self._hold(session)
            return 0
        try:
            taken = session.take()
        except BlockingIOError:
            if session.blocks:
                self._hold(session)
            return 0
        if not taken and hung_up:
            self._end(session)
        return taken

    def _hold(self, session: Session) -> None:
        """Its container waits until there is room."""
        self._held.add(session)
        self._poll.modify(session, 0)

    def _let_go(self) -> None:
        open_again = [one for one in self._held if not self._gate.is_closed(one.stream, one.offset)]
        for session in open_again:
            self._held.discard(session)
            if not session.over:
                self._poll.modify(session, select.EPOLLIN)

    def _end_orphans(self) -> None:
        """End those whose engine died before this process began: nobody hangs up on them."""
        due = [pair for pair in self._orphans if pair[0] < time.monotonic()]
        for pair in due:
            self._orphans.remove(pair)
            if pair[1].is_empty:
                self._end(pair[1])

    def _add(self, session: Session) -> None:
        with self._lock:
            self._sessions[session.fileno()] = session
        self._poll.register(session, select.EPOLLIN)

    def _end(self, session: Session) -> None:
        with self._lock:
            if self._sessions.pop(session.fileno(), None) is None:
                return
        self._held.discard(session)
        self._poll.unregister(session)
        session.end()
        self._gate.forget(session.stream)

    def _all(self) -> list[Session]:
        with self._lock:
            return list(self._sessions.values())


def _blocks(stream: Stream) -> bool:
    """What a session that began earlier was told; its options were valid then."""
    try:
        return parse(stream.info.get("Config") or {}, stream.info).spool_full == "block"
    except OptionError:
        return False
