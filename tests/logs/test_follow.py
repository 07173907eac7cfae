"""What comes is shown, once, also when it comes late."""

import time
from typing import Any

import pytest

from batten.logs import Request
from batten.logs.follow import Follow
from batten.logs.loki import Away, Loki

SECOND = 1_000_000_000

StandIn = Any


class Watched:
    """A follow whose clock only goes on when the test says so."""

    def __init__(self, stand_in: StandIn, patch: pytest.MonkeyPatch, **asked: Any) -> None:  # noqa: ANN401
        self.now = 1_800_000_000 * SECOND
        self.behind_s: float | None = 0.0
        self.told: list[str | None] = []
        patch.setattr(time, "time_ns", lambda: self.now)
        patch.setattr(time, "sleep", self._sleep)
        request = Request("shop", self.now, **asked)
        self._pages = iter(Follow(Loki(stand_in.url), request, lambda: self.behind_s, self._tell))
        self._script: list[Any] = []

    def _tell(self, error: Away | None) -> None:
        self.told.append(None if error is None else error.message)

    def _sleep(self, _: float) -> None:
        if not self._script:
            raise _EndError
        self.now += SECOND
        self._script.pop(0)()

    def play(self, *moments: Any) -> list[str]:  # noqa: ANN401  # what to do, second by second
        """The texts that are shown while these things happen, a second apart."""
        self._script = [*moments, lambda: None]
        shown: list[str] = []
        try:
            for page in self._pages:
                shown += [line.text for line in page]
        except _EndError:
            return shown
        raise AssertionError


class _EndError(Exception):
    pass


@pytest.fixture
def begun(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Followed from a line on that was there."""
    watched = Watched(stand_in, monkeypatch)
    stand_in.put(watched.now - 60 * SECOND, "old")
    stand_in.put(watched.now - SECOND, "before")
    return watched


def test_what_was_there_and_what_comes(stand_in: StandIn, begun: Watched) -> None:
    """Each line once, however often it is looked for."""
    put = stand_in.put
    assert ["old", "before", "one", "two", "three"] == begun.play(
        lambda: put(begun.now, "one"),
        lambda: put(begun.now, "two"),
        lambda: None,
        lambda: put(begun.now, "three"),
    )


def test_a_line_that_comes_after_a_younger_one(stand_in: StandIn, begun: Watched) -> None:
    """Another container's push took longer; it is shown all the same."""
    put = stand_in.put
    assert ["old", "before", "young", "late"] == begun.play(
        lambda: put(begun.now, "young"),
        lambda: put(begun.now - 3 * SECOND, "late", "db"),
    )


def test_a_driver_that_is_behind(stand_in: StandIn, begun: Watched) -> None:
    """What it ships minutes later is not passed over, and nothing is shown twice."""
    put, start = stand_in.put, begun.now

    def behind() -> None:
        begun.behind_s = (begun.now - start) / SECOND

    def quick() -> None:
        behind()
        put(begun.now, f"quick {(begun.now - start) // SECOND}")

    def slow() -> None:
        put(start, "slow 0", "db")
        put(start + 40 * SECOND, "slow 40", "db")
        begun.behind_s = 0

    shown = begun.play(*[quick] * 120, slow)
    assert ["old", "before", *(f"quick {n}" for n in range(1, 121)), "slow 0", "slow 40"] == shown


def test_loki_goes_away_and_comes_back(stand_in: StandIn, begun: Watched) -> None:
    """Said once each; what was shipped after it came back is there."""
    put, start = stand_in.put, begun.now

    def away() -> None:
        stand_in.status = 503
        begun.behind_s = (begun.now - start) / SECOND

    def back() -> None:
        stand_in.status, begun.behind_s = 200, 0
        put(start + 2 * SECOND, "during", "db")
        put(begun.now, "after")

    shown = begun.play(lambda: put(begun.now, "one"), *[away] * 90, back)
    assert ["old", "before", "one", "during", "after"] == shown
    assert ["does not answer now" in str(begun.told[0]), None] == [True, begun.told[1]]
    assert 2 == len(begun.told)


def test_an_outage_with_a_driver_that_cannot_be_asked(stand_in: StandIn, begun: Watched) -> None:
    """What one container's driver brings some time after the others is not passed over."""
    put, start = stand_in.put, begun.now
    begun.behind_s = None

    def away() -> None:
        stand_in.status = 503

    def back() -> None:
        stand_in.status = 200
        put(begun.now, "quick")

    def slow() -> None:
        put(start + 3 * SECOND, "slow", "db")

    shown = begun.play(
        lambda: put(begun.now, "one"), *[away] * 30, back, *[lambda: None] * 20, slow
    )
    assert ["old", "before", "one", "quick", "slow"] == shown


@pytest.mark.parametrize(("limit", "first"), [(0, []), (1, ["before"]), (9, ["old", "before"])])
def test_the_last_so_many_first(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, limit: int, first: list[str]
) -> None:
    """What `--tail` left out does not come later."""
    watched = Watched(stand_in, monkeypatch, limit=limit)
    stand_in.put(watched.now - 2 * SECOND, "old")
    stand_in.put(watched.now - SECOND, "before")
    assert [*first, "one"] == watched.play(lambda: stand_in.put(watched.now, "one"))


def test_a_line_of_the_future(stand_in: StandIn, begun: Watched) -> None:
    """A sender whose clock is ahead does not hide what others write after it."""
    put = stand_in.put
    assert ["old", "before", "ahead", "now", "next"] == begun.play(
        lambda: put(begun.now + 2 * SECOND, "ahead"),
        lambda: put(begun.now, "now", "db"),
        lambda: put(begun.now, "next", "db"),
    )
