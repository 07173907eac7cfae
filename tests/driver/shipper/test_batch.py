import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.driver.shipper.conftest import T0, Line, decode

from batten.driver.shipper import wire
from batten.driver.shipper.batch import Batch, Times, batch

PIECE = 16384


def sent(made: Batch, source: str = "stdout") -> list[tuple[int, bytes]]:
    """Time and line of what a batch has of a source."""
    pieces = made.pieces.get(source, [])
    size = wire.PIECES
    return [wire.time_and_line(pieces[at : at + size]) for at in range(0, len(pieces), size)]


def pieces_of(text: bytes, time_ns: int, identity: bytes, source: str = "stdout") -> list[Line]:
    """A long line as the engine cuts it."""
    parts = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    return [
        Line(time_ns, part, source, (identity, number, number == len(parts)))
        for number, part in enumerate(parts, 1)
    ]


def frames(*lines: Line) -> bytes:
    """Lines as they lie in the spool."""
    return b"".join(line.frame() for line in lines)


LINES = st.lists(
    st.tuples(
        st.sampled_from(["stdout", "stderr"]),
        st.one_of(st.binary(max_size=40), st.sampled_from([127, 128, 129, 16383, 16384, 40000])),
        st.integers(0, 3_000_000_000),
    ),
    max_size=12,
)


def written(drawn: list[tuple[str, bytes | int, int]]) -> tuple[list[Line], dict[str, list[bytes]]]:
    """Entries as the engine would write them, and the lines they are, by source."""
    now, lines = T0, list[Line]()
    expected: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
    for number, (source, what, later) in enumerate(drawn):
        text = bytes([97 + number % 26]) * what if isinstance(what, int) else what
        now += later
        expected[source].append(text)
        lines += (
            pieces_of(text, now, b"%d" % number, source)
            if len(text) > PIECE
            else [Line(now, text, source)]
        )
    return lines, expected


@given(LINES)
def test_every_line_is_in_it_once_and_in_order(drawn: list[tuple[str, bytes | int, int]]) -> None:
    """Whatever is written, Loki's format holds the same lines, as an independent decoder reads it."""
    lines, expected = written(drawn)
    made = batch(frames(*lines), 0, {})
    body = wire.request((f'{{s="{name}"}}'.encode(), found) for name, found in made.pieces.items())
    import cramjam

    streams = dict(decode(bytes(cramjam.snappy.compress_raw(body))))
    for source, texts in expected.items():
        assert texts == [line for _, line in streams.get(f'{{s="{source}"}}', [])]
        times = [time_ns for time_ns, _ in streams.get(f'{{s="{source}"}}', [])]
        assert all(before < after for before, after in pairwise(times))
    assert made.end == len(frames(*lines))
    assert made.size == sum(len(text) for texts in expected.values() for text in texts)


@given(LINES, st.integers(1, 90_000))
@settings(max_examples=60)
def test_windows_make_no_difference(drawn: list[tuple[str, bytes | int, int]], window: int) -> None:
    """However the stream is cut into windows, times and lines come out the same."""
    data = frames(*written(drawn)[0])
    whole = batch(data, 0, {})
    found: dict[str, list[tuple[int, bytes]]] = {"stdout": [], "stderr": []}
    at, size = 0, window
    times: Times = {}
    while at < len(data):
        made = batch(data[at : at + size], at, times)
        assert made == batch(data[at : at + size], at, times)
        if made.end == at:
            size *= 2
            continue
        for source in found:
            found[source] += sent(made, source)
        at, times, size = made.end, made.times, window
    assert {source: sent(whole, source) for source in found} == found


def test_equal_lines_of_one_time_stay_two() -> None:
    """Loki takes two equal lines of one time for one, so the second gets the next nanosecond."""
    made = batch(frames(*[Line(T0, b"same")] * 3, Line(T0 + 1, b"same")), 0, {})
    assert [(T0 + number, b"same") for number in range(4)] == sent(made)


def test_a_clock_set_back_stays_set_back() -> None:
    """Only equal times are moved: the engine's clock is believed."""
    made = batch(frames(Line(T0, b"a"), Line(T0 - 5, b"b"), Line(T0 - 4, b"c")), 0, {})
    assert [(T0, b"a"), (T0 - 5, b"b"), (T0 - 4, b"c")] == sent(made)


def test_the_last_time_is_remembered_across_batches() -> None:
    """A line with the time of the last one of the batch before is moved like any other."""
    first = batch(frames(Line(T0, b"same")), 0, {})
    second = batch(frames(Line(T0, b"same")), first.end, first.times)
    assert [(T0 + 1, b"same")] == sent(second)


def test_an_unfinished_line_waits_and_what_is_behind_it_too() -> None:
    """A mark is one number: what other sources write behind an open line is not shipped before it."""
    ahead, beginning = Line(T0, b"ahead"), pieces_of(b"x" * 20000, T0 + 1, b"1")[0]
    behind = Line(T0 + 2, b"behind", "stderr")
    made = batch(frames(ahead, beginning, behind), 100, {})
    assert 100 + len(ahead.frame()) == made.end == made.open_at
    assert [(T0, b"ahead")] == sent(made)
    assert [] == sent(made, "stderr")


def test_flushed_an_unfinished_line_is_sent_as_it_is() -> None:
    """Who has stopped will not write the rest; what there is of the line is not lost."""
    beginning = pieces_of(b"x" * 20000, T0, b"1")[0]
    made = batch(frames(beginning), 0, {}, flush=True)
    assert [(T0, b"x" * PIECE)] == sent(made)
    assert len(beginning.frame()) == made.end


def test_a_line_that_was_cut_short_does_not_swallow_the_next() -> None:
    """Pieces belong together by their id; another line's piece or a whole line ends them."""
    beginning = pieces_of(b"x" * 20000, T0, b"1")[0]
    other = pieces_of(b"y" * 20000, T0 + 1, b"2")
    made = batch(frames(beginning, Line(T0 + 1, b"whole"), *other), 0, {})
    assert [b"x" * PIECE, b"whole", b"y" * 20000] == [line for _, line in sent(made)]


def test_engines_that_do_not_number_pieces() -> None:
    """Before engine 19.03 a line ends with the first entry that is not partial."""
    beginning = Line(T0, b"x" * PIECE).frame()
    body = beginning[4:] + b"\x20\x01"
    partial = len(body).to_bytes(4, "big") + body
    made = batch(partial + frames(Line(T0, b"rest"), Line(T0 + 1, b"next")), 0, {})
    assert [b"x" * PIECE + b"rest", b"next"] == [line for _, line in sent(made)]


def test_half_a_frame_does_not_stop_the_rest() -> None:
    """What is no frame is left behind, and counted; the next frame is found."""
    good = [Line(T0 + number, b"line %d" % number) for number in range(5)]
    torn = Line(T0, b"torn").frame()[9:]
    made = batch(torn + frames(*good), 0, {})
    assert [line.text for line in good] == [line for _, line in sent(made)]
    assert len(torn) == made.torn


def test_a_notice_goes_ahead_of_the_line_it_is_about() -> None:
    """Readers see at which place lines are missing."""
    made = batch(frames(Line(T0, b"first")), 0, {}, notice="batten: 3 lines dropped here")
    assert [(T0 - 1, b"batten: 3 lines dropped here"), (T0, b"first")] == sent(made)


def test_bytes_that_are_no_utf8_pass_as_they_are() -> None:
    """Loki stores any bytes; what cannot be shown is the reader's to replace."""
    made = batch(frames(Line(T0, b"\xff\xfe\x00")), 0, {})
    assert [(T0, b"\xff\xfe\x00")] == sent(made)


def test_times_of_today_take_the_quick_way() -> None:
    """The shape that is read quickly is the one of the present."""
    now = time.time_ns()
    made = batch(frames(*[Line(now + number, b"x" * 100) for number in range(1000)]), 0, {})
    assert [now + number for number in range(1000)] == [time_ns for time_ns, _ in sent(made)]
