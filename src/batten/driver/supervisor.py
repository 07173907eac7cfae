"""Keeps the acceptor and the shipper alive, each in a process of its own.

It holds the plugin's socket, so that the engine's questions wait in it while an acceptor starts
again. Nothing is lost then: what containers write waits in their FIFOs.
"""

import os
import signal
import socket
import sys
import time
from pathlib import Path

from batten.driver import program

SOCKET = "/run/docker/plugins/loki.sock"
# Seconds between two starts of a process that keeps dying.
_SHORTEST, _LONGEST = 0.02, 5.0
# Seconds of life after which a death counts as the first.
_LIVED = 10.0
# Seconds that processes have to end when they are told to.
_GOODBYE = 3.0
# Seconds between two looks for a newer program.
_LOOK = 0.5


def say(text: str) -> None:
    """Tell the engine's log."""
    sys.stderr.write(f"supervisor: {text}\n")
    sys.stderr.flush()


class Child:
    """A process that shall live: a module, its arguments, and descriptors that it inherits."""

    def __init__(self, module: str, *arguments: str, keeps: tuple[int, ...] = ()) -> None:
        self.module = module
        self.pid = 0
        self._words = [sys.executable, "-m", module, *arguments]
        self._keeps = keeps
        self._began = 0.0
        self._pause = _SHORTEST
        self._due = 0.0

    def start_if_due(self) -> None:
        """Start it where it is not alive and its pause is over."""
        if not self.pid and time.monotonic() >= self._due:
            self._began = time.monotonic()
            self.pid = os.fork() or self._become()

    def _become(self) -> int:
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            for descriptor in self._keeps:
                os.set_inheritable(descriptor, True)  # noqa: FBT003  # os has no keyword for it
            os.execv(sys.executable, self._words)  # noqa: S606  # its own modules
        except OSError as error:
            say(f"{self.module} cannot be started: {error}")
        finally:
            os._exit(127)

    def died(self, status: int) -> None:
        """It has ended, and is started again: at once, and later the more often it happens."""
        now = time.monotonic()
        lived = now - self._began
        self._pause = _SHORTEST if lived > _LIVED else min(self._pause * 2, _LONGEST)
        self.pid, self._due = 0, now + self._pause
        say(f"{self.module} ended with {_end(status)} after {lived:.1f} s")

    def tell(self, number: signal.Signals) -> None:
        """Send a signal where it is alive."""
        if self.pid:
            os.kill(self.pid, number)


def _end(status: int) -> str:
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    return f"exit code {os.waitstatus_to_exitcode(status)}"


class Supervisor:
    """The two processes, until it is told to end."""

    def __init__(self, state: Path, listening: socket.socket) -> None:
        self._state = state
        # An acceptor inherits it by its number: it must not be closed as long as this lives.
        self._listening = listening
        os.environ["LISTENING"] = str(listening.fileno())
        self._acceptor = Child("batten.driver.acceptor", keeps=(listening.fileno(),))
        self._shipper = Child("batten.driver.shipper", str(state))
        self._children = (self._acceptor, self._shipper)

    def run(self) -> None:
        """Watch for ever: return when told to end, become the newer program when there is one."""
        signals = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        while True:
            for child in self._children:
                child.start_if_due()
            told = signal.sigtimedwait(signals, _LOOK if not self._is_restless else _SHORTEST)
            self._reap()
            if told and told.si_signo in {signal.SIGTERM, signal.SIGINT}:
                return self.end()
            if (name := program.wanted(self._state)) != program.running():
                self.end()
                program.become(self._state, name)

    @property
    def _is_restless(self) -> bool:
        return not all(child.pid for child in self._children)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            for child in self._children:
                if child.pid == pid:
                    child.died(status)

    def end(self) -> None:
        """Have both end; kill what does not."""
        for child in self._children:
            child.tell(signal.SIGTERM)
        deadline = time.monotonic() + _GOODBYE
        while any(child.pid for child in self._children):
            self._reap()
            if time.monotonic() > deadline:
                for child in self._children:
                    child.tell(signal.SIGKILL)
            time.sleep(_SHORTEST)


def listen(path: str) -> socket.socket:
    """The plugin's socket: the one inherited from the program before, or a new one."""
    if inherited := os.environ.get("LISTENING"):
        return socket.socket(fileno=int(inherited))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    draft = f"{path}.draft"
    Path(draft).unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(draft)
    # 200 containers that start at once ask at once.
    listening.listen(1024)
    # Where the engine sees it, it answers.
    Path(draft).rename(path)
    listening.set_inheritable(True)
    return listening


def main() -> None:
    """Run until the engine says that it is enough."""
    state = Path(os.environ.get("STATE", "/state"))
    if (name := program.wanted(state)) != program.running():
        program.become(state, name)
    program.say_running(state)
    Supervisor(state, listen(os.environ.get("SOCKET", SOCKET))).run()
