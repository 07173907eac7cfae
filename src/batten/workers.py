"""Threads that wait for somebody else's work."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def workers(count: int) -> Iterator[ThreadPoolExecutor]:
    """A pool of `count` threads, over when the block is.

    After an error, what was begun is finished and the rest not begun. An interruption waits for
    nothing: whoever handles it has to end the process, which hangs up on whatever is under way.
    """
    pool = ThreadPoolExecutor(max_workers=count)
    try:
        yield pool
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()
