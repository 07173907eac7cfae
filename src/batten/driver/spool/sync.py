"""Bringing what was written onto the disk, off the path of the containers."""

import contextlib
import os
import threading
import time

# Seconds: what a power failure may take.
INTERVAL = 0.1


class Syncer(threading.Thread):
    """Syncs every file that was written to, ten times a second.

    Files are named by their descriptors; `close` hands one over, to be closed when it is synced.
    """

    def __init__(self) -> None:
        super().__init__(name="sync", daemon=True)
        self._lock = threading.Lock()
        self._dirty: set[int] = set()
        self._closing: set[int] = set()
        self._wanted = threading.Event()
        self._round = threading.Lock()

    def wrote(self, file: int) -> None:
        """Something was appended to `file`."""
        if file not in self._dirty:
            with self._lock:
                self._dirty.add(file)
            self._wanted.set()

    def close(self, file: int) -> None:
        """`file` is finished."""
        with self._lock:
            self._closing.add(file)
        self._wanted.set()

    def abandon(self, file: int) -> None:
        """`file` was removed: close it now, for only then the disk has its room back."""
        with self._lock:
            self._dirty.discard(file)
        os.close(file)

    def run(self) -> None:
        """Sync for ever; sleeps while nothing is written."""
        while True:
            self._wanted.wait()
            began = time.monotonic()
            self.round()
            time.sleep(max(0.01, INTERVAL - (time.monotonic() - began)))

    def round(self) -> None:
        """Sync what was written since the last round, and close what was handed over.

        When it returns, no file that was handed over before is open.
        """
        with self._round:
            self._sync()

    def _sync(self) -> None:
        self._wanted.clear()
        with self._lock:
            closing, self._closing = self._closing, set()
            dirty, self._dirty = self._dirty | closing, set()
        for file in dirty:
            # A disk that fails shows when it is written to, where something can be done.
            with contextlib.suppress(OSError):
                os.fdatasync(file)
        for file in closing:
            os.close(file)
