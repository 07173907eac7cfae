"""What the backend does with a dependency that fails, hangs or answers."""

import asyncio
import importlib
import time

import pytest

dependency = importlib.import_module("backend.dependency")


async def answer() -> str:
    """Answer at once."""
    return "answer"


async def fail() -> str:
    """Fail as a client library would."""
    message = "refused\nat some length"
    raise OSError(message)


async def hang() -> str:
    """Take a second, and as long again to be cancelled."""
    try:
        await asyncio.sleep(1)
    finally:
        await asyncio.sleep(1)
    return "too late"


def test_an_answer_is_returned() -> None:
    """Work that is done in time gives its result."""
    assert "answer" == asyncio.run(dependency.ask("redis", answer(), (OSError,), 1))


def test_an_expected_error_names_the_dependency() -> None:
    """An error of the client library becomes `Unavailable`, with the first line of what it said."""
    with pytest.raises(dependency.Unavailable, match=r"^redis is unavailable: refused$") as caught:
        asyncio.run(dependency.ask("redis", fail(), (OSError,), 1))
    assert "redis" == caught.value.dependency


def test_an_unexpected_error_passes() -> None:
    """A mistake of ours is not blamed on the dependency."""
    with pytest.raises(OSError, match="refused"):
        asyncio.run(dependency.ask("redis", fail(), (ValueError,), 1))


def test_work_that_hangs_is_not_waited_for() -> None:
    """The caller hears after `timeout`, however long the work takes to be cancelled."""

    async def took() -> float:
        started = time.monotonic()
        with pytest.raises(dependency.Unavailable, match=r"no answer within 0\.05 s"):
            await dependency.ask("postgres", hang(), (OSError,), 0.05)
        return time.monotonic() - started

    assert asyncio.run(took()) < 0.5


def test_an_error_that_says_nothing_is_named() -> None:
    """An empty message is replaced by the error's type."""
    assert "TimeoutError" == dependency.first_line(TimeoutError())
