"""One FIFO, from StartLogging to StopLogging."""

import contextlib
import fcntl
import json
import os
import threading
import time
from pathlib import Path
from typing import Any, Self

from batten.driver.spool.stream import START, STOPPED, Stream
from batten.driver.spool.sync import Syncer
from batten.driver.spool.write import Writer

# What the kernel lets anybody ask for. It is counted per user: with many containers later ones
# get less, and what they have is enough.
_PIPE = 1 << 20
_SMALLEST_PIPE = 64 << 10


class Session:
    """The bytes of one start of one container, on their way from the engine to the spool."""

    def __init__(self, stream: Stream, syncer: Syncer, *, blocks: bool = False) -> None:
        """Raise OSError where the FIFO cannot be opened."""
        self.stream = stream
        self.file: str = stream.start["file"]
        self.blocks = blocks
        self.over = False
        self._lock = threading.Lock()
        self._fifo = os.open(self.file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        _enlarge(self._fifo)
        self._writer = Writer(stream.folder, syncer)

    @classmethod
    def begin(
        cls, spool: Path, file: str, info: dict[str, Any], syncer: Syncer, *, blocks: bool
    ) -> Self:
        """Remember it on the disk before anybody is told that it began."""
        started = time.time_ns()
        folder = spool / f"{info['ContainerID']}-{started}"
        folder.mkdir(mode=0o700)
        start = {"file": file, "info": info, "started_ns": started}
        try:
            write_through(folder / START, json.dumps(start).encode())
            session = cls(Stream(folder), syncer, blocks=blocks)
        except OSError:
            _remove(folder)
            raise
        sync_folder(spool)
        return session

    def fileno(self) -> int:
        """What to wait for."""
        return self._fifo

    @property
    def offset(self) -> int:
        """The bytes that have been taken, from the container's start on."""
        return self._writer.offset

    def take(self) -> int:
        """Move what there is into the spool; return the bytes, 0 where the engine has gone."""
        with self._lock:
            return 0 if self.over else self._take()

    def _take(self) -> int:
        """Raise BlockingIOError when the FIFO is empty, or full of what may not be dropped."""
        try:
            return self._writer.take(self._fifo)
        except BlockingIOError:
            raise
        except OSError as error:
            if self.blocks:
                raise BlockingIOError(*error.args) from error
        return self._take_at_any_price()

    def _take_at_any_price(self) -> int:
        """The disk is full, and this container does not wait: its oldest lines make room."""
        with contextlib.suppress(FileNotFoundError):
            while self._writer.drop_oldest():
                try:
                    return self._writer.take(self._fifo)
                except BlockingIOError:
                    raise
                except OSError:
                    continue
        return self._writer.discard(self._fifo)

    def end(self) -> None:
        """Take the rest and say that it was all; a session in which nothing came leaves nothing."""
        with self._lock:
            if self.over:
                return
            with contextlib.suppress(BlockingIOError):
                while self._take():
                    pass
            self.over = True
            os.close(self._fifo)
            self._writer.close()
            self._finish()

    def _finish(self) -> None:
        if self._writer.offset:
            with contextlib.suppress(OSError):
                (self.stream.folder / STOPPED).touch(mode=0o600)
        else:
            _remove(self.stream.folder)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits and nobody writes: at the other end there is no engine any more."""
        with self._lock:
            try:
                return not self.over and self._take() == 0
            except BlockingIOError:
                return False


def _enlarge(fifo: int) -> None:
    size = _PIPE
    while size > _SMALLEST_PIPE:
        try:
            fcntl.fcntl(fifo, fcntl.F_SETPIPE_SZ, size)
        except OSError:
            size //= 2
        else:
            return


def write_through(file: Path, content: bytes) -> None:
    """Write a file that is there, whole, whatever fails afterwards; only its owner may read it."""
    draft = file.with_name(file.name + ".draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.rename(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of files onto the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(folder: Path) -> None:
    """A stream in which nothing came."""
    with contextlib.suppress(FileNotFoundError):
        # First what makes it a stream: the shipper shall not see half of one.
        (folder / START).unlink(missing_ok=True)
        for file in folder.iterdir():
            file.unlink(missing_ok=True)
        folder.rmdir()
