"""What the guard must not forget when it dies: one JSON file, always whole."""

import fcntl
import os
from pathlib import Path
from typing import IO

import msgspec

from batten.errors import InputError
from batten.guard.count import Counts, Kills
from batten.guard.entry import Entry

_VERSION = 1


class Ledger(msgspec.Struct, omit_defaults=True):
    """Entries and OOM kills by container id, and counts by service.

    `anchor` is when the newest event happened that the guard has seen, in the engine's seconds.
    `given_back` means that the guard left in order, and the engine has been in charge since.
    """

    version: int = _VERSION
    anchor: float = 0.0
    given_back: bool = False
    entries: dict[str, Entry] = {}
    counts: dict[str, Counts] = {}
    kills: dict[str, Kills] = {}


class LedgerFile:
    """Where a ledger lies; written only when it changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written = b""
        self._lock: IO[bytes] | None = None

    def prepare(self) -> None:
        """Make sure that it can be kept, and that nobody else keeps it; raise InputError else."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = self.path.with_suffix(".lock").open("wb")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"another guard keeps its state in `{self.path}`",
                hint="end that one; two guards would both start what is down",
            ) from None
        except OSError as error:
            raise InputError(
                f"the guard cannot keep its state in `{self.path.parent}`: {error.strerror}",
                hint="name another folder with `--state`",
            ) from error

    def read(self) -> Ledger | None:
        """None where there is none, or none that can be read: the guard begins anew then."""
        try:
            ledger = msgspec.json.decode(self.path.read_bytes(), type=Ledger)
        except (OSError, msgspec.DecodeError):
            return None
        return ledger if ledger.version == _VERSION else None

    def write(self, ledger: Ledger) -> None:
        """Write a draft, have it on the disk, and let it take the file's place.

        The anchor alone is no reason to write: an older one serves as well.
        """
        text = msgspec.json.encode(ledger)
        essence = msgspec.json.encode(msgspec.structs.replace(ledger, anchor=0.0))
        if essence == self._written:
            return
        draft = self.path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        self._written = essence
