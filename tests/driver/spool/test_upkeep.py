import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from batten.driver.spool import Spool, Stream, segment
from batten.driver.spool.limits import Limits
from batten.driver.spool.upkeep import Upkeep

Frame = Callable[..., bytes]
Fill = Callable[..., Stream]


class Options(NamedTuple):
    """What upkeep asks a container's options."""

    max_size: int = 100
    max_file: int = 2
    no_file: bool = False
    keep_file: bool = False
    spool_full: str = "drop-oldest"
    spool_max_bytes: int | None = None


@pytest.fixture
def fill(tmp_path: Path, frame: Frame) -> Fill:
    """Make a stream of segments of ten frames each."""

    def make(name: str, segments: int, *, shipped: int = 0, stopped: bool = False) -> Stream:
        folder = tmp_path / "streams" / name
        folder.mkdir(parents=True)
        (folder / "start.json").write_text('{"info": {}}')
        data = b"".join(frame(b"a line") for _ in range(10))
        for number in range(segments):
            (folder / f"{number * len(data):020d}.seg").write_bytes(data)
        (folder / "mark.json").write_text(json.dumps({"offset": shipped * len(data)}))
        if stopped:
            (folder / "stopped").touch()
        return Stream(folder)

    return make


@pytest.fixture(autouse=True)
def nothing_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """These segments are smaller than what the shipper may hold."""
    monkeypatch.setattr(segment, "IN_HAND", 0)


def upkeep(stream: Stream, options: Options, limits: Limits | None = None, **more: object) -> None:
    """Run it once, without a floor for the free disk."""
    spool = Spool(stream.folder.parent.parent)
    Upkeep(spool, limits or Limits(min_free=0), lambda _: options, **more).run()  # type: ignore[arg-type]  # the one other argument


def left(stream: Stream) -> list[int]:
    """The starts of the segments that are there, counted in segments."""
    found = stream.segments()
    return [segment.start // found[-1].size for segment in found]


def test_what_was_not_shipped_stays(fill: Fill) -> None:
    """Retention never costs a line."""
    stream = fill("a-1", 9, stopped=True)
    upkeep(stream, Options(no_file=True))
    assert left(stream) == list(range(9))


def test_what_was_shipped_is_kept_for_docker_logs_up_to_the_limits(fill: Fill) -> None:
    """`max-size` times `max-file`, as with `json-file`."""
    stream = fill("a-1", 9, shipped=9)
    upkeep(stream, Options(max_size=stream.segments()[0].size, max_file=2))
    assert left(stream) == [7, 8]


def test_no_file_keeps_nothing_that_was_shipped(fill: Fill) -> None:
    """The open segment stays, for the acceptor appends to it."""
    stream = fill("a-1", 3, shipped=2)
    upkeep(stream, Options(no_file=True))
    assert left(stream) == [2]


def test_a_stopped_container_leaves_nothing_once_it_is_shipped(fill: Fill) -> None:
    """As with Grafana's driver, `keep-file` says otherwise."""
    stream = fill("a-1", 2, shipped=2, stopped=True)
    upkeep(stream, Options())
    assert not stream.folder.exists()


@pytest.mark.parametrize(("exists", "stays"), [(True, True), (None, True), (False, False)])
def test_keep_file_keeps_until_the_container_is_gone(
    fill: Fill, *, exists: bool | None, stays: bool
) -> None:
    """Where the engine cannot be asked, nothing is removed."""
    stream = fill("a-1", 2, shipped=2, stopped=True)
    upkeep(stream, Options(keep_file=True), exists=lambda _: exists)
    assert stream.folder.exists() == stays


def test_a_full_spool_drops_the_oldest_and_tells(fill: Fill) -> None:
    """The newest lines stay, the lost ones are counted, once."""
    stream = fill("a-1", 4)
    size = stream.segments()[0].size
    for _ in range(2):
        upkeep(stream, Options(spool_max_bytes=2 * size))
    assert left(stream) == [2, 3]
    assert [(one.begin, one.end, one.lines, one.why) for one in stream.drops()] == [
        (0, size, 10, "quota"),
        (size, 2 * size, 10, "quota"),
    ]


def test_what_the_shipper_may_hold_is_not_dropped(
    fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines that are about to arrive would be counted as lost."""
    stream = fill("a-1", 5, shipped=1)
    size = stream.segments()[0].size
    monkeypatch.setattr(segment, "IN_HAND", size + 1)
    upkeep(stream, Options(no_file=True, spool_max_bytes=1))
    assert left(stream) == [1, 2, 4]
    assert [drop.begin for drop in stream.drops()] == [3 * size]


def test_what_was_shipped_goes_before_what_was_not(fill: Fill) -> None:
    """What Loki has is no loss."""
    stream = fill("a-1", 4, shipped=2)
    size = stream.segments()[0].size
    upkeep(stream, Options(max_size=9 * size, spool_max_bytes=2 * size))
    assert left(stream) == [2, 3]
    assert stream.drops() == []


def test_a_container_that_would_rather_wait_loses_nothing(fill: Fill) -> None:
    """`spool-full=block` is kept by whoever takes, not by dropping."""
    stream = fill("a-1", 4)
    upkeep(stream, Options(spool_full="block", spool_max_bytes=1), Limits(1, 1, 0))
    assert left(stream) == [0, 1, 2, 3]


def test_the_quota_of_all_drops_the_oldest_of_all(fill: Fill) -> None:
    """Whoever wrote first loses first, not whoever writes much."""
    first, second = fill("a-1", 3), fill("b-2", 3)
    size = first.segments()[0].size
    upkeep(first, Options(), Limits(total=5 * size, min_free=0))
    assert left(first) == [1, 2]
    assert left(second) == [0, 1, 2]


def test_a_restarted_container_has_one_quota(fill: Fill) -> None:
    """Restarting does not earn a container more of the disk."""
    first, second = fill("a-1", 3, stopped=True), fill("a-2", 3)
    upkeep(first, Options(spool_max_bytes=4 * first.segments()[0].size))
    assert left(first) == [2]
    assert left(second) == [0, 1, 2]


def test_limits_that_are_no_numbers_are_refused() -> None:
    """The plugin says which one, instead of guessing."""
    with pytest.raises(ValueError, match="`SPOOL_MAX_BYTES` is `10g`"):
        Limits.from_environment({"SPOOL_MAX_BYTES": "10g"})
    assert Limits.from_environment({"SPOOL_MAX_BYTES": ""}) == Limits()
    assert Limits.from_environment({"SPOOL_MAX_BYTES": "5"}).total == 5
