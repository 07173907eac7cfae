"""Queries run in a pool of their own, so that they wait for each other and pushes for none."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.requests import Request

from batten.loki.limits import Limits
from batten.loki.server.metrics import Metrics
from batten.loki.store import Reader, Store

T = TypeVar("T")
LOOK_EVERY_S = 0.25


class Queries:
    """Runs at most `concurrent` queries at a time, each for `limits.query_timeout` at most."""

    def __init__(self, store: Store, limits: Limits, metrics: Metrics, concurrent: int) -> None:
        self._store = store
        self._timeout_s = limits.query_timeout / 1e9
        self._metrics = metrics
        self._pool = ThreadPoolExecutor(concurrent, thread_name_prefix="query")
        self._turns = asyncio.Semaphore(concurrent)

    async def run(self, request: Request, work: Callable[[Reader], T]) -> T:
        """Run `work` in a thread with a reader; it is interrupted when the client goes.

        Raise what `work` raises, of which the store's errors become their HTTP status.
        """
        async with self._turns:
            reader = self._store.reader(self._timeout_s)
            running = asyncio.get_running_loop().run_in_executor(
                self._pool, self._timed, work, reader
            )
            while True:
                done, _ = await asyncio.wait({running}, timeout=LOOK_EVERY_S)
                if done:
                    return running.result()
                if await request.is_disconnected():
                    reader.cancel()

    def _timed(self, work: Callable[[Reader], T], reader: Reader) -> T:
        begin = time.monotonic()
        try:
            with reader:
                return work(reader)
        finally:
            self._metrics.queries.observe(time.monotonic() - begin)

    def close(self) -> None:
        """Let what runs end; nothing new begins."""
        self._pool.shutdown(wait=False, cancel_futures=True)
