"""What a push is answered, and what of it is kept; the texts are those that Loki answers with."""

import gzip
import json
import time
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cramjam
import pytest

from batten.loki.ingest.protobuf import Push

if TYPE_CHECKING:
    from tests.loki.server.conftest import Server

HOUR = 3600 * 10**9
JSON = {"Content-Type": "application/json"}
PROTOBUF = {"Content-Type": "application/x-protobuf"}
APP = {"app": "shop"}


@pytest.fixture
def now() -> int:
    """The time, in nanoseconds."""
    return time.time_ns()


def body(labels: dict[str, str], *values: list[Any]) -> bytes:
    """A push of one stream, in JSON."""
    return json.dumps({"streams": [{"stream": labels, "values": values}]}).encode()


def packed(labels: str, *entries: tuple[int, bytes]) -> bytes:
    """A push of one stream, in protobuf and snappy."""
    push = Push()
    stream = push.streams.add(labels=labels)
    for ts, line in entries:
        entry = stream.entries.add(line=line)
        entry.timestamp.seconds, entry.timestamp.nanos = divmod(ts, 10**9)
    return bytes(cramjam.snappy.compress_raw(push.SerializeToString()))


def test_accepts_every_encoding(server: "Server", now: int) -> None:
    """JSON, JSON in gzip or deflate, and protobuf in snappy end as the same entries."""
    deflate = zlib.compressobj(wbits=-15)
    squeezed = deflate.compress(body(APP, [str(now + 2), "deflate"])) + deflate.flush()
    answers = [
        server.post(body(APP, [str(now), "plain"]), JSON),
        server.post(
            gzip.compress(body(APP, [str(now + 1), "gzip"])), JSON | {"Content-Encoding": "gzip"}
        ),
        server.post(squeezed, JSON | {"Content-Encoding": "deflate"}),
        server.post(packed('{app="shop"}', (now + 3, b"snappy")), PROTOBUF),
    ]
    server.stop()
    assert [(204, "")] * 4 == answers
    expected = [(now, "plain"), (now + 1, "gzip"), (now + 2, "deflate"), (now + 3, "snappy")]
    assert expected == [(entry.ts, entry.line) for _, entry in server.stored()]


def test_keeps_what_escapes_say(server: "Server", now: int) -> None:
    """Labels, lines and metadata come back as they were meant, whatever characters are in them."""
    labels = r'{app="a\"b\\c", host=`raw\n`, path="käse"}'
    server.post(packed(labels, (now, "größer\n\0".encode()), (now + 1, b"bad \xff byte")), PROTOBUF)
    server.push((APP, [(now, "x", {"trace.id": "1", "user": "ü"})]))
    server.stop()
    found = server.stored()
    assert {"app": 'a"b\\c', "host": "raw\\n", "path": "käse"}.items() <= found[0][0].items()
    assert ["größer\n\0", "x", "bad \ufffd byte"] == [entry.line for _, entry in found]
    expected = (("detected_level", "unknown"), ("trace_id", "1"), ("user", "ü"))
    assert expected == found[1][1].metadata


def test_adds_what_loki_adds(server: "Server", now: int) -> None:
    """`service_name` is made of the first label that names a service, the level of the line."""
    server.push(
        ({"container": "c", "app": "a"}, [(now, "level=warn msg=x")]),
        ({"host": "h"}, [(now + 1, '{"level":"ERROR","a":1}')]),
        ({"host": "h", "level": "TRACE"}, [(now + 2, "an error")]),
        ({"host": "h", "service_name": "mine"}, [(now + 3, "an error")]),
    )
    server.stop()
    found = server.stored()
    names = ["a", "unknown_service", "unknown_service", "mine"]
    assert names == [labels["service_name"] for labels, _ in found]
    levels = ["warn", "error", "TRACE", "error"]
    assert levels == [dict(entry.metadata)["detected_level"] for _, entry in found]


# By stream: an entry, made of the time, that breaks a rule, and what is answered.
REFUSED: dict[str, tuple[Callable[[int], list[Any]], str]] = {
    "old": (
        lambda now: [str(now - 8 * 24 * HOUR), "x"],
        'entry for stream \'{app="old", service_name="old"}\' has timestamp too old: ',
    ),
    "new": (lambda now: [str(now + HOUR), "x"], "has timestamp too new: "),
    "long": (
        lambda now: [str(now), "x" * 300_000],
        "max entry size '262144' bytes exceeded for stream",
    ),
    "behind": (
        lambda now: [str(now - 2 * HOUR), "x"],
        "ignored, reason: 'entry too far behind, entry timestamp is: ",
    ),
    "metadata": (
        lambda now: [str(now), "x", {"k": "v" * 70_000}],
        "has structured metadata too large: '70001' bytes, limit: '65536' bytes",
    ),
    "pairs": (
        lambda now: [str(now), "x", {f"k{i}": "v" for i in range(129)}],
        "has too many structured metadata labels: '129', limit: '128'",
    ),
}


def test_refuses_an_entry_and_keeps_the_others(server: "Server", now: int) -> None:
    """A 400 names the rule, and the good entries of the same push are stored."""
    for app, (make, text) in REFUSED.items():
        good = [str(now), "kept"]
        status, answer = server.post(body({"app": app}, good, make(now), good), JSON)
        assert 400 == status, app
        assert text in answer
    server.stop()
    kept = [(labels["app"], entry.line) for labels, entry in server.stored()]
    assert sorted((app, "kept") for app in REFUSED) == sorted(kept)


UNREADABLE = {
    "no streams": (b'{"streams": []}', JSON, 422, "at least one valid stream is required"),
    "null": (b"null", JSON, 422, "at least one valid stream is required"),
    "empty": (b"", JSON, 400, "EOF"),
    "no JSON": (b'{"streams":[', JSON, 400, "no Loki push in JSON"),
    "no snappy": (b"abc", PROTOBUF, 400, "snappy: corrupt input"),
    "no protobuf": (bytes(cramjam.snappy.compress_raw(b"\xff\xff")), PROTOBUF, 400, "no protobuf"),
    "no type": (b"{}", {"Content-Type": ""}, 400, "mime: no media type"),
    "brotli": (b"x", JSON | {"Content-Encoding": "br"}, 400, '"br" not supported'),
    "no gzip": (b"x" * 30, JSON | {"Content-Encoding": "gzip"}, 400, "gzip: invalid header"),
    "a number as time": (body(APP, [5, "x"]), JSON, 400, "the time 5 is no text"),
    "a word as time": (body(APP, ["soon", "x"]), JSON, 400, "'soon'"),
    "a number as line": (body(APP, ["5", 7]), JSON, 400, "the line 7 is no text"),
    "a list as metadata": (body(APP, ["5", "x", [1]]), JSON, 400, "must be an object"),
    "a bad name": (body({"a-b": "x"}, ["5", "x"]), JSON, 400, "1:3: parse error: unexpected"),
    "labels without end": (packed('{a="b"', (5, b"x")), PROTOBUF, 400, "couldn't parse labels"),
    "sixteen labels": (
        body({f"l{i}": "x" for i in range(16)}, ["5", "x"]),
        JSON,
        400,
        "has 16 label names; limit 15",
    ),
    "a long name": (
        body({"a" * 1025: "x"}, ["5", "x"]),
        JSON,
        400,
        "has label name too long: 'aaa",
    ),
    "a long value": (body({"a": "x" * 2049}, ["5", "x"]), JSON, 400, "label value too long: 'xxx"),
}


def test_says_what_is_wrong_with_a_push(server: "Server") -> None:
    """Nothing that is sent ends in a 500: the answer says what was wrong."""
    for case, (sent, headers, status, text) in UNREADABLE.items():
        answer = server.post(sent, headers)
        assert (case, status) == (case, answer[0])
        assert text in answer[1], case


def test_groups_what_it_refuses(server: "Server", now: int) -> None:
    """Entries refused for one reason are told once, with their number."""
    old = str(now - 8 * 24 * HOUR)
    _, answer = server.post(body(APP, [old, "x"], [old, "y"]), JSON)
    assert answer.startswith("2 errors like: entry for stream ")


def test_limits_the_rate(serve: Callable[..., "Server"], now: int) -> None:
    """Above the burst the whole push is a 429 that says how much was tried, and is not stored."""
    server = serve("limits_config: {ingestion_rate_mb: 0.01, ingestion_burst_size_mb: 0.01}")
    assert 204 == server.push((APP, [(now, "x" * 5000)]))[0]
    status, answer = server.push((APP, [(now + 1, "x" * 9000)]))
    server.stop()
    assert 429 == status
    assert "ingestion rate limit exceeded for user fake (limit: 10485 bytes/sec)" in answer
    assert "'1' lines totaling '9000' bytes" in answer
    assert 1 == len(server.stored())


def test_limits_the_rate_of_a_stream(serve: Callable[..., "Server"], now: int) -> None:
    """Above a stream's own burst its entries are a 429, those of other streams are stored."""
    server = serve("limits_config: {per_stream_rate_limit: 1KB, per_stream_rate_limit_burst: 2KB}")
    status, answer = server.push(
        (APP, [(now, "x" * 1500), (now + 1, "y" * 1500)]), ({"app": "other"}, [(now, "z")])
    )
    server.stop()
    assert 429 == status
    assert "Per stream rate limit exceeded (limit: 1KB/sec)" in answer
    assert ["x", "z"] == sorted(entry.line[0] for _, entry in server.stored())


def test_limits_the_streams(serve: Callable[..., "Server"], now: int) -> None:
    """One stream more than allowed is a 429, and the known ones go on."""
    server = serve("limits_config: {max_global_streams_per_user: 2}")
    answers = [server.push(({"app": f"a{i % 3}"}, [(now + i, "x")])) for i in range(6)]
    assert [204, 204, 429, 204, 204, 429] == [status for status, _ in answers]
    assert "maximum active stream limit exceeded when trying to create stream" in answers[2][1]


def test_cuts_long_lines_where_told_to(serve: Callable[..., "Server"], now: int) -> None:
    """With `max_line_size_truncate` a long line is cut and stored."""
    server = serve("limits_config: {max_line_size: 1KB, max_line_size_truncate: true}")
    assert 204 == server.push((APP, [(now, "x" * 5000)]))[0]
    server.stop()
    assert [1024] == [len(entry.line) for _, entry in server.stored()]


def test_stores_a_line_once(server: "Server", now: int) -> None:
    """The same line at the same time is stored once, in one push, in two, and after a restart."""
    entries = [(now, "x"), (now, "x"), (now, "y"), (now + 1, "x"), (now, "x", {"k": "v"})]
    for _ in range(2):
        assert 204 == server.push((APP, entries))[0]
    server.stop()
    server.start()
    assert 204 == server.push((APP, entries))[0]
    server.stop()
    expected = [(now, "x", 1), (now, "y", 1), (now, "x", 2), (now + 1, "x", 1)]
    found = [(entry.ts, entry.line, len(entry.metadata)) for _, entry in server.stored()]
    assert sorted(expected) == sorted(found)


def test_takes_no_body_above_the_limit(serve: Callable[..., "Server"], now: int) -> None:
    """A body above `max_recv_msg_size` is a 413, packed or not."""
    server = serve("distributor: {max_recv_msg_size: 10000}")
    answer = server.post(body(APP, [str(now), "x" * 20_000]), JSON)
    assert (413, True) == (answer[0], "request body too large" in answer[1])


def test_a_small_body_cannot_fill_the_memory(server: "Server") -> None:
    """What unpacks to more than 64 MiB is a 413 before it is unpacked."""
    bomb = gzip.compress(b" " * (65 << 20))
    assert 413 == server.post(bomb, JSON | {"Content-Encoding": "gzip"})[0]
    bomb = bytes(cramjam.snappy.compress_raw(b" " * (65 << 20)))
    assert 413 == server.post(bomb, PROTOBUF)[0]
