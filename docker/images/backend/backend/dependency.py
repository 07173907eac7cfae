"""The services that the backend cannot answer without."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")

# Work that came too late. The event loop holds its tasks only weakly.
_abandoned: set[asyncio.Future[Any]] = set()


class Unavailable(Exception):
    """A dependency did not answer, or not with what was asked for."""

    def __init__(self, dependency: str, reason: str) -> None:
        super().__init__(f"{dependency} is unavailable: {reason}")
        self.dependency = dependency
        self.reason = reason


async def ask(
    dependency: str,
    work: Awaitable[T],
    errors: tuple[type[Exception], ...],
    timeout: float,  # noqa: ASYNC109 - a cancelled query waits for its server, this does not
) -> T:
    """Return what `work` returns; its `errors`, or `timeout` seconds, become `Unavailable`.

    Work that is late is cancelled but not waited for: a query that is cancelled asks its server
    first, and the server may be what hangs.
    """
    task = asyncio.ensure_future(work)
    await asyncio.wait([task], timeout=timeout)
    if not task.done():
        _abandon(task)
        raise Unavailable(dependency, f"no answer within {timeout:g} s")
    try:
        return task.result()
    except errors as error:
        raise Unavailable(dependency, first_line(error)) from error


def _abandon(task: asyncio.Future[Any]) -> None:
    _abandoned.add(task)
    task.add_done_callback(_forget)
    task.cancel()


def _forget(task: asyncio.Future[Any]) -> None:
    _abandoned.discard(task)
    if not task.cancelled():
        task.exception()  # asked for, or asyncio would log it


def first_line(error: Exception) -> str:
    """What an error says, short enough for a log line; its type when it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
