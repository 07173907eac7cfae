import json
import time

import pytest
from tests.driver.shipper.conftest import T0, Line, Push, Reply, StandIn, Writer, feed_of, ship

from batten.driver.shipper import feed as feed_module
from batten.driver.shipper.answer import Answer, What

# What Loki answered, recorded from 3.7; times and labels shortened.
OLD = (
    "entry for stream '{a=\"b\"}' has timestamp too old: 2026-11-16T00:19:46Z, "
    "oldest acceptable timestamp is: 2026-11-17T00:19:46Z\n"
)
BEHIND = (
    "entry with timestamp 2026-11-23 22:19:46.838593381 +0000 UTC ignored, reason: 'entry too far "
    "behind, entry timestamp is: 2026-11-23T22:19:46Z, oldest acceptable timestamp is: "
    "2026-11-23T23:19:46Z',\nuser 'fake', total ignored: 1 out of 2 for stream: {a=\"b\"}\n"
)
NEW = "entry for stream '{a=\"b\"}' has timestamp too new: 2027-12-29T00:19:46Z\n"
LABELS = "entry for stream '{a=\"b\"}' has 17 label names; limit 15\n"
TENANT = (
    "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while attempting to "
    "ingest '8738' lines totaling '1048560' bytes, reduce log volume or contact your Loki "
    "administrator to see if the limit can be increased"
)
STREAM = "Per stream rate limit exceeded (limit: 3MB/sec) while attempting to ingest for stream"


def quarantined(writer: Writer) -> list[dict[str, object]]:
    """What was put aside."""
    text = (writer.folder / "quarantine.jsonl").read_text(encoding="utf-8")
    return [json.loads(row) for row in text.splitlines()]


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (0, What.AWAY),
        (200, What.DONE),
        (204, What.DONE),
        (260, What.AGAIN),
        (302, What.HOLD),
        (400, What.SORT),
        (401, What.HOLD),
        (403, What.HOLD),
        (404, What.HOLD),
        (408, What.AGAIN),
        (413, What.HALVE),
        (425, What.AGAIN),
        (429, What.SLOWER),
        (500, What.AGAIN),
        (503, What.AWAY),
    ],
)
def test_each_status_has_its_consequence(status: int, what: What) -> None:
    """No answer of Loki's makes the driver forget a line."""
    assert what == Answer(status).what


def test_limits_are_read_from_what_loki_says() -> None:
    """The rate that Loki names is the one to keep to; a stream's own is not the tenant's."""
    assert (4194304.0, False) == Answer(429, TENANT).limit
    assert (3.0 * (1 << 20), True) == Answer(429, STREAM).limit
    assert Answer(429, "slow down").limit is None


def test_a_refusal_of_the_labels_keeps_the_lines() -> None:
    """It concerns every line of the stream: somebody has to change an option or a limit."""
    assert What.HOLD == Answer(400, LABELS).what
    assert What.HOLD == Answer(400, "couldn't parse labels: 1:3: parse error").what


def test_too_long_a_line_is_put_aside(loki: StandIn, writer: Writer) -> None:
    """Loki keeps the good lines of a push with a bad one; the bad one is kept beside the stream."""
    parts = [b"x" * 16384] * 17
    long = [Line(T0 + 1, part, piece=(b"1", n, n == 17)) for n, part in enumerate(parts, 1)]
    writer.lines(Line(T0, b"before"), *long, Line(T0 + 2, b"after"))
    writer.stop()
    feed = feed_of(writer)
    ship(feed)
    assert [b"before", b"after"] == loki.lines()
    (row,) = quarantined(writer)
    assert ("line_too_long", "stdout", T0 + 1) == (row["reason"], row["source"], row["time_ns"])
    assert b"".join(parts).decode() == row["line"]
    assert (2, 1, {"line_too_long": 1}) == (
        feed.mark.shipped,
        feed.mark.quarantined,
        feed.mark.reasons,
    )


@pytest.mark.parametrize(
    ("said", "edge", "reason"),
    [
        (OLD, 1794874786, "greater_than_max_sample_age"),
        (BEHIND, 1795475986, "too_far_behind"),
    ],
)
def test_lines_that_are_too_old_are_put_aside(
    loki: StandIn, writer: Writer, said: str, edge: int, reason: str
) -> None:
    """Loki says from when on it takes lines; the ones before cannot be had into it."""
    limit = edge * 1_000_000_000
    lines = [Line(limit - 10 + n, b"%d" % n) for n in range(20)]

    def script(push: Push) -> Reply | None:
        old = any(time_ns < limit for _, entries in push.streams for time_ns, _ in entries)
        return Reply(400, said) if old else None

    loki.script = script
    writer.lines(*lines)
    writer.stop()
    feed = feed_of(writer)
    ship(feed)
    assert [line.text for line in lines[10:]] == loki.lines()
    assert 10 == feed.mark.reasons[reason]
    assert 2 == len(loki.pushes)


def test_a_refusal_in_unknown_words_is_searched_for(loki: StandIn, writer: Writer) -> None:
    """Halving finds the bad line, whatever Loki says about it, and every good one arrives."""

    def script(push: Push) -> Reply | None:
        bad = any(line == b"bad" for _, entries in push.streams for _, line in entries)
        return Reply(400, "something new\n", store=True) if bad else None

    loki.script = script
    texts = [b"bad" if n in {7, 30, 31} else b"%d" % n for n in range(64)]
    writer.lines(*[Line(T0 + n, text, ("stdout", "stderr")[n % 2]) for n, text in enumerate(texts)])
    writer.stop()
    feed = feed_of(writer)
    ship(feed)
    got = {*loki.lines(), *loki.lines("stderr")} - {b"bad"}
    assert {text for text in texts if text != b"bad"} == got
    assert [b"bad".decode()] * 3 == [row["line"] for row in quarantined(writer)]
    assert 3 == feed.mark.reasons["refused"]


def test_too_much_at_once_is_halved(loki: StandIn, writer: Writer) -> None:
    """413 says nothing about the lines: in smaller pushes all of them arrive, in order."""

    def script(push: Push) -> Reply | None:
        return Reply(413, "too large") if len(push.streams[0][1]) > 10 else None

    loki.script = script
    lines = [Line(T0 + n, b"%d" % n) for n in range(100)]
    writer.lines(*lines)
    writer.stop()
    ship(feed_of(writer))
    assert [line.text for line in lines] == loki.lines()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_wrong_credentials_keep_the_lines_and_say_so(
    loki: StandIn, writer: Writer, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until somebody has changed something, the lines wait in the spool."""
    monkeypatch.setattr(feed_module, "HOLD_S", 0.1)
    loki.script = lambda _: Reply(status, "no") if len(loki.pushes) < 3 else None
    writer.lines(Line(T0, b"kept"))
    feed = feed_of(writer)
    feed.look(time.monotonic())
    feed.turn()
    assert feed.behind
    assert f"Loki answered {status}: no: check" in feed.last_error
    ship(feed)
    assert [b"kept"] == loki.lines()
    assert feed.last_error == ""


def test_a_clock_ahead_of_lokis_is_waited_for(
    loki: StandIn, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too new for Loki now is not later."""
    monkeypatch.setattr(feed_module, "HOLD_S", 0.05)
    loki.script = lambda _: Reply(400, NEW) if len(loki.pushes) < 3 else None
    now = time.time_ns()
    writer.lines(Line(now, b"a"), Line(now + 3600 * 10**9, b"of tomorrow"))
    ship(feed := feed_of(writer))
    assert [b"a"] == loki.lines()
    assert {"too_far_in_future": 1} == feed.mark.reasons


def test_retry_after_is_honoured(loki: StandIn, writer: Writer) -> None:
    """Loki, or a proxy before it, says when to come back."""
    loki.script = lambda _: Reply(503, headers={"Retry-After": "7"})
    writer.lines(Line(T0, b"a"))
    feed = feed_of(writer)
    feed.look(time.monotonic())
    feed.turn()
    assert 6 < feed.endpoint.backoff.until - time.monotonic() <= 7


def test_a_push_that_never_fits_lokis_burst_is_made_smaller(loki: StandIn, writer: Writer) -> None:
    """429 for ever is not a matter of pace: the push is larger than what Loki takes in a second."""

    def script(push: Push) -> Reply | None:
        size = sum(len(line) for _, entries in push.streams for _, line in entries)
        return Reply(429, "limit: 400000000 bytes/sec") if size > 100_000 else None

    loki.script = script
    lines = [Line(T0 + n, b"%05d" % n + b"x" * 1000) for n in range(300)]
    writer.lines(*lines)
    writer.stop()
    ship(feed_of(writer), within_s=20)
    assert [line.text for line in lines] == loki.lines()
