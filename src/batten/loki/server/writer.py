"""One thread writes: what has arrived while it wrote goes into the next transaction together."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple

from batten.loki.ingest.refusals import Refusal
from batten.loki.ingest.rules import Batch
from batten.loki.ingest.streams import Admission, Streams
from batten.loki.store import Store, StoreError, Unavailable

# A transaction of more lines takes longer than whoever waits for it gains
GROUP_LINES = 20_000
RETENTION_EVERY_S = 600.0
log = logging.getLogger(__name__)


class _Push(NamedTuple):
    batches: list[Batch]
    refusals: list[Refusal]
    answer: "Future[Admission]"


class Writer:
    """Takes pushes from any thread; `committed` is told the seconds and lines of each transaction."""

    def __init__(
        self, store: Store, streams: Streams, committed: Callable[[float, int], None]
    ) -> None:
        self._store = store
        self._streams = streams
        self._committed = committed
        self._queue: queue.SimpleQueue[_Push | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def push(self, batches: list[Batch], refusals: list[Refusal]) -> "Future[Admission]":
        """Queue a push; the future is done when its lines are on the disk, or cannot be."""
        answer: Future[Admission] = Future()
        if self._closed:
            answer.set_exception(Unavailable("the server is stopping; push again"))
        else:
            self._queue.put(_Push(batches, refusals, answer))
        return answer

    def close(self) -> None:
        """Write what is queued, then stop."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        swept = 0.0
        while True:
            if time.monotonic() - swept > RETENTION_EVERY_S:
                swept = time.monotonic()
                self._retain()
            try:
                first = self._queue.get(timeout=RETENTION_EVERY_S)
            except queue.Empty:
                continue
            if first is None:
                return
            group, last = self._group(first)
            self._write(group)
            if last:
                return

    def _group(self, first: _Push) -> tuple[list[_Push], bool]:
        """What has arrived by now, and whether it is the end."""
        group = [first]
        lines = _lines(first)
        while lines < GROUP_LINES:
            try:
                push = self._queue.get_nowait()
            except queue.Empty:
                break
            if push is None:
                return group, True
            group.append(push)
            lines += _lines(push)
        return group, False

    def _write(self, group: list[_Push]) -> None:
        begin = time.monotonic()
        try:
            draft = self._store.draft()
            answers = [
                self._streams.admit(push.batches, push.refusals, draft, begin) for push in group
            ]
            lines = self._store.commit(draft) if draft.rows else 0
        except Exception as error:  # noqa: BLE001 - whatever it is, a sender must hear of it
            self._failed(group, error)
            return
        self._committed(time.monotonic() - begin, lines)
        for push, answer in zip(group, answers, strict=True):
            push.answer.set_result(answer)

    def _failed(self, group: list[_Push], error: Exception) -> None:
        """Answer all; they push again, and what was written nevertheless is a duplicate then."""
        if not isinstance(error, StoreError):
            log.error("a push failed in an unforeseen way", exc_info=error)
            error = Unavailable(f"the lines cannot be stored: {error}")
        for push in group:
            push.answer.set_exception(error)

    def _retain(self) -> None:
        try:
            gone = self._store.retain(time.time_ns())
        except Exception as error:  # noqa: BLE001 - tried again, and writing goes on
            log.error("no day was dropped: %s", error)  # noqa: TRY400
            return
        if gone:
            log.info("dropped %d days past their retention", len(gone))


def _lines(push: _Push) -> int:
    return sum(len(batch.times) for batch in push.batches)
