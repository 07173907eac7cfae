import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.driver.shipper.conftest import (
    T0,
    Line,
    Push,
    Reply,
    StandIn,
    Writer,
    feed_of,
    ship,
    spool_of,
)

from batten.driver.shipper.engine import Engine
from batten.driver.shipper.shipper import Shipper
from batten.driver.spool.limits import Limits


def numbered(count: int, source: str = "stdout", size: int = 60) -> list[Line]:
    """Lines that tell their number."""
    return [Line(T0 + n, b"%06d" % n + b"." * size, source) for n in range(count)]


def test_lines_arrive_once_in_order_and_labelled(loki: StandIn, writer: Writer) -> None:
    """What was written is in Loki: by source, with the labels of Grafana's driver."""
    writer.lines(*numbered(3), *numbered(2, "stderr"))
    writer.stop()
    feed = feed_of(writer)
    ship(feed)
    assert [line.text for line in numbered(3)] == loki.lines()
    assert [line.text for line in numbered(2)] == loki.lines("stderr")
    (labels,) = [labels for labels in loki.streams if "stdout" in labels]
    assert 'container_name="web"' in labels
    assert f'filename="/var/log/docker/{writer.stream.container}/json.log"' in labels
    assert "application/x-protobuf" == loki.pushes[0].headers["Content-Type"]
    assert (5, 0, 0) == (feed.mark.shipped, feed.mark.dropped, feed.mark.quarantined)
    assert writer.offset == feed.mark.offset


def test_segments_may_end_in_the_middle_of_a_frame(loki: StandIn, writer: Writer) -> None:
    """How the acceptor cuts its files is of no concern to Loki."""
    data = b"".join(line.frame() for line in numbered(200))
    for at in range(0, len(data), 777):
        writer.write(data[at : at + 777], roll=True)
    writer.stop()
    ship(feed_of(writer))
    assert [line.text for line in numbered(200)] == loki.lines()


def test_a_line_of_ten_million_bytes(loki: StandIn, writer: Writer) -> None:
    """Where Loki's limits admit it, a line of any length arrives whole."""
    loki.longest = 1 << 30
    text = os.urandom(100) * 100_000
    parts = [text[at : at + 16384] for at in range(0, len(text), 16384)]
    writer.lines(
        *[Line(T0, part, piece=(b"1", n, n == len(parts))) for n, part in enumerate(parts, 1)],
        Line(T0 + 1, b"behind"),
    )
    writer.stop()
    ship(feed_of(writer), within_s=30)
    assert [text, b"behind"] == loki.lines()


@given(
    st.lists(st.sampled_from(["next", "crash", "unclear", "refused", "more"]), max_size=12),
    st.integers(1, 400),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_crashes_and_unclear_answers_lose_and_double_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], count: int
) -> None:
    """Wherever it is killed, and whatever Loki fails to say: each line is there once, in order."""
    loki = StandIn()
    writer = Writer(
        tmp_path_factory.mktemp("spool"), loki.url, options={"loki-max-backoff": "50ms"}
    )
    lines = numbered(count, size=1000)
    # Twins: Loki would take two of them for one.
    lines = [Line(T0, b"twin"), Line(T0, b"twin"), *lines]
    half = len(lines) // 2
    writer.lines(*lines[:half])
    written = half
    feed = feed_of(writer)
    replies: list[Reply] = []
    loki.script = lambda _: replies.pop() if replies else None
    for step in steps:
        if step == "crash":
            feed = feed_of(writer)
        elif step == "more" and written < len(lines):
            writer.lines(lines[written])
            written += 1
        else:
            unclear = {"unclear": [Reply(0, store=True)], "refused": [Reply(503)]}
            replies += unclear.get(step, [])
        feed.look(time.monotonic())
        if feed.ready(time.monotonic()):
            feed.turn()
    replies.clear()
    writer.lines(*lines[written:])
    writer.stop()
    feed = feed_of(writer)
    ship(feed)
    loki.close()
    assert [line.text for line in lines] == loki.lines()
    assert len(lines) == feed.mark.shipped


def test_killed_again_and_again(loki: StandIn, tmp_path: Path) -> None:
    """SIGKILL of the process, at any moment: nothing is lost, nothing is doubled."""
    writer = Writer(tmp_path, loki.url, options={"loki-batch-size": "65536"})
    lines = numbered(30_000, size=100)
    loki.script = lambda _: time.sleep(0.02)
    command = [sys.executable, "-m", "batten.driver.shipper", str(spool_of(writer).root)]
    written = 0
    for _ in range(4):
        process = subprocess.Popen(command, env={**os.environ, "METRICS_ADDRESS": ""})
        until, pushes = time.monotonic() + 10, len(loki.pushes)
        writer.lines(*lines[written : written + 7000])
        written += 7000
        while len(loki.pushes) < pushes + 2 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    writer.lines(*lines[written:])
    writer.stop()
    ship(feed_of(writer))
    assert [line.text for line in lines] == loki.lines()


def test_an_unfinished_line_is_sent_after_a_while(
    loki: StandIn, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prompt of 16 KiB without an end does not hold up what comes later."""
    monkeypatch.setattr("batten.driver.shipper.feed.PARTIAL_S", 0.05)
    writer.lines(Line(T0, b"x" * 16384, piece=(b"1", 1, False)))
    feed = feed_of(writer)
    ship(feed)
    writer.lines(Line(T0, b"y" * 10, piece=(b"1", 2, True)), Line(T0 + 9, b"z"))
    ship(feed)
    assert [b"x" * 16384, b"y" * 10, b"z"] == loki.lines()


def test_a_restarted_container_waits_for_its_own_past(tmp_path: Path, loki: StandIn) -> None:
    """Loki refuses what is far older than the newest of a stream, so the oldest goes first."""
    old = Writer(tmp_path, loki.url, started_ns=T0, options={"loki-batch-size": "65536"})
    new = Writer(tmp_path, loki.url, started_ns=T0 + 1)
    old.lines(*numbered(3000))
    old.stop()
    new.lines(*[Line(T0 + 10_000 + n, b"new %d" % n) for n in range(5)])
    shipper = Shipper(spool_of(old), Engine("/nowhere"), Limits())
    shipper.start()
    until = time.monotonic() + 10
    while len(loki.lines()) < 3005 and time.monotonic() < until:
        shipper.look()
        time.sleep(0.01)
    shipper.stop()
    assert [line.text for line in numbered(3000)] == loki.lines()[:3000]
    assert [b"new %d" % n for n in range(5)] == loki.lines()[3000:]


def test_a_gap_is_told_in_the_stream(loki: StandIn, writer: Writer) -> None:
    """Where a full spool made the driver drop lines, readers see how many, and where."""
    lines = numbered(300)
    data = b"".join(line.frame() for line in lines)
    third = len(data) // 3 + 5
    for at in range(0, len(data), third):
        writer.write(data[at : at + third], roll=True)
    drop = {"begin": third, "end": 2 * third, "lines": 100, "why": "quota", "at_ns": T0}
    (writer.folder / "drops.jsonl").write_text(json.dumps(drop) + "\n", encoding="utf-8")
    (writer.folder / f"{third:020d}.seg").unlink()
    writer.stop()
    feed = feed_of(writer)
    ship(feed)
    got = loki.lines()
    (notice,) = [line for line in got if b"dropped" in line]
    at = got.index(notice)
    assert notice.startswith(b"batten: 101 lines dropped here")
    assert [line.text for line in lines][:at] == got[:at]
    assert [line.text for line in lines][300 - len(got[at + 1 :]) :] == got[at + 1 :]
    assert 300 == feed.mark.shipped + feed.mark.dropped
    assert feed.finished


def test_half_a_frame_at_the_end_is_left_behind(loki: StandIn, writer: Writer) -> None:
    """An engine that died in the middle of a line leaves a stream that still comes to its end."""
    writer.lines(*numbered(2))
    writer.write(numbered(1)[0].frame()[:20])
    writer.stop()
    feed = feed_of(writer)
    ship(feed)
    assert [line.text for line in numbered(2)] == loki.lines()
    assert feed.finished


def test_a_broken_mark_begins_again(loki: StandIn, writer: Writer) -> None:
    """Lines pushed twice are one in Loki; lines never pushed would be lost."""
    writer.lines(*numbered(5))
    writer.stop()
    ship(feed_of(writer))
    (writer.folder / "mark.json").write_bytes(b"\x00\x00")
    ship(feed_of(writer))
    assert [line.text for line in numbered(5)] == loki.lines()


def test_a_slow_loki_does_not_hold_up_another(tmp_path: Path, loki: StandIn) -> None:
    """Ten containers whose Loki never answers leave threads for the one whose Loki does."""
    hole = StandIn()

    def sleep(_: Push) -> None:
        time.sleep(1)

    hole.script = sleep
    for n in range(10):
        stuck = Writer(tmp_path, hole.url, container=f"{n:064x}", options={"loki-timeout": "200ms"})
        stuck.lines(*numbered(1))
    good = Writer(tmp_path, loki.url)
    shipper = Shipper(spool_of(good), Engine("/nowhere"), Limits())
    shipper.start()
    for n in range(60):
        good.lines(Line(T0 + n, b"%d" % n))
        shipper.look()
        time.sleep(0.05)
        if n >= 40 and len(loki.lines()) > 20:
            break
    shipper.stop()
    with contextlib.suppress(OSError):
        hole.close()
    assert len(loki.lines()) > 20
