import json
from collections.abc import Callable
from pathlib import Path

import cramjam
import pytest

from batten.driver.spool import Drop, Spool, Stream
from batten.driver.spool import drop as drops
from batten.driver.spool.seal import seal, sealable

Frame = Callable[..., bytes]


@pytest.fixture
def stream(tmp_path: Path) -> Stream:
    """A stream without a byte."""
    folder = tmp_path / "streams" / "c0ffee-1700"
    folder.mkdir(parents=True)
    (folder / "start.json").write_text(json.dumps({"file": "/fifo", "info": {}}))
    return Stream(folder)


def put(stream: Stream, start: int, data: bytes) -> None:
    """Write a segment."""
    (stream.folder / f"{start:020d}.seg").write_bytes(data)


def test_reading_goes_on_across_segments(stream: Stream) -> None:
    """A reader sees one row of bytes, wherever the files begin."""
    put(stream, 0, b"abc")
    put(stream, 3, b"defg")
    assert stream.read(1, 100) == b"bcdefg"
    assert stream.read(1, 3) == b"bcd"
    assert stream.read(5, 1) == b"f"
    assert stream.read(7, 1) == b""
    assert stream.end == 7


def test_a_sealed_segment_reads_as_before(stream: Stream, frame: Frame) -> None:
    """Compressing changes neither the bytes nor the length, and any zstd tool reads the file."""
    first = b"".join(frame(b"%d" % number) for number in range(1000))
    put(stream, 0, first)
    put(stream, len(first), b"rest")
    (stream.folder / "mark.json").write_text(json.dumps({"offset": len(first)}))
    segment = sealable(stream)
    assert segment is not None
    seal(segment)
    (sealed, _) = stream.segments()
    assert sealed.sealed
    assert (sealed.size, sealed.lines(0)) == (len(first), 1000)
    assert stream.read(0, 1 << 20) == first + b"rest"
    assert stream.read(len(first) - 2, 4) == first[-2:] + b"re"
    assert bytes(cramjam.zstd.decompress(sealed.path.read_bytes())) == first


def test_the_open_segment_is_never_sealed(stream: Stream, frame: Frame) -> None:
    """The acceptor appends to it."""
    put(stream, 0, frame(b"a"))
    (stream.folder / "mark.json").write_text(json.dumps({"offset": 1 << 30}))
    assert sealable(stream) is None


def test_a_segment_that_is_both_counts_once(stream: Stream) -> None:
    """Whoever dies between compressing and removing leaves two files with the same bytes."""
    put(stream, 0, b"abc")
    put(stream, 3, b"def")
    seal(stream.segments()[0])
    put(stream, 0, b"abc")
    assert [segment.start for segment in stream.segments()] == [0, 3]
    assert stream.read(0, 9) == b"abcdef"


def test_behind_a_gap_a_reader_goes_on_at_the_next_frame(stream: Stream, frame: Frame) -> None:
    """Segments begin in the middle of a frame; what was cut is passed over, no line is made up."""
    frames = [frame(b"line %d" % number) for number in range(9)]
    data = b"".join(frames)
    cut = len(frames[0]) * 4 + 5
    put(stream, cut, data[cut:])
    assert stream.read(0, 9) == b""
    assert stream.resume(0) == len(frames[0]) * 5
    assert stream.resume(cut) == cut


@pytest.mark.parametrize("line", [b"\x0a\x06stdout\x10", b"\0\0\0\x20\x0a\x06stderr\x10 gotcha"])
def test_a_line_that_looks_like_a_frame_is_none(stream: Stream, frame: Frame, line: bytes) -> None:
    """What a container writes cannot pass for what the engine writes around it."""
    frames = [frame(line * 3) for _ in range(9)]
    put(stream, 3, b"".join(frames)[3:])
    assert stream.resume(0) == len(frames[0])


def test_at_the_end_there_is_nothing_to_pass_over(stream: Stream) -> None:
    """A reader who has all of it stays where it is."""
    put(stream, 0, b"abc")
    assert stream.resume(3) == 3
    assert stream.resume(9) == 9


def test_a_drop_that_was_told_twice_counts_once(stream: Stream) -> None:
    """Whoever dies between telling and removing tells it again."""
    drops.record(stream.folder, 0, 10, 2, "quota")
    drops.record(stream.folder, 0, 10, 2, "quota")
    with (stream.folder / drops.FILE).open("a") as file:
        file.write('{"begin": 10, "en')
    (found,) = stream.drops()
    assert found == Drop(0, 10, 2, "quota", found.at_ns)


def test_a_start_that_was_never_acknowledged_is_no_stream(tmp_path: Path) -> None:
    """The engine was told nothing, so nothing was written."""
    (tmp_path / "streams" / "c0ffee-1").mkdir(parents=True)
    (tmp_path / "streams" / "c0ffee-1" / "start.json.draft").write_text("{")
    assert Spool(tmp_path).streams() == []
    assert Spool(tmp_path / "none").streams() == []
