"""Labels as text, levels of lines, and the rules that need no server to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batten.loki.ingest import labels, levels
from batten.loki.ingest.errors import PushError
from batten.loki.ingest.rates import Bucket
from batten.loki.ingest.received import Received
from batten.loki.ingest.rules import Rules
from batten.loki.limits import Limits

NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True)


@given(st.dictionaries(NAMES, st.text(min_size=1)))
def test_labels_survive_being_written(given_labels: dict[str, str]) -> None:
    """Labels written as text and read again are the same, whatever is in their values."""
    assert sorted(given_labels.items()) == list(labels.parse(labels.written(given_labels)))


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    """Any text is labels or a refusal that says where it stops being some."""
    try:
        labels.parse("{" + text + "}")
    except PushError as error:
        assert "couldn't parse labels: 1:" in str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {}),
        (' { a = "b" , } ', {"a": "b"}),
        ("{a=\"b\",c='d',e=`f\\n`}", {"a": "b", "c": "d", "e": "f\\n"}),
        (r'{a="\"\\\n\t\x41é\101"}', {"a": '"\\\n\tAéA'}),
        ('{a="",b="c"}', {"b": "c"}),
        ('{a="}",b="{,}"}', {"a": "}", "b": "{,}"}),
    ],
)
def test_reads_labels(text: str, expected: dict[str, str]) -> None:
    """Every way of quoting is read; a label without a value is none."""
    assert expected == dict(labels.parse(text))


LEVELS = {
    b"": "unknown",
    b"started": "unknown",
    b"an info about an error": "info",
    b"ERROR and WARNING": "error",
    b"an err: happened": "error",
    b"an err happened": "unknown",
    b"a warning": "warn",
    b"warn it": "unknown",
    b"critical: x": "critical",
    b"DEBUG: x": "debug",
    b"level=debug msg=error": "debug",
    b"msg=error LVL=Warn level=info": "warn",
    b'msg="level=info x" level=error': "error",
    b"level=strange but an error": "error",
    b"severity=FATAL x=1": "fatal",
    b'{"level":"trc"}': "trace",
    b' {"msg":"an error","Severity":"Critical"} ': "critical",
    b'{"level":30,"msg":"an error"}': "error",
    b'{"a":{"level":"debug"}}': "unknown",
    b'{"level":"debug"': "unknown",
}


@pytest.mark.parametrize("line", LEVELS)
def test_finds_the_level_of_a_line(line: bytes) -> None:
    """The level is what Loki 3.4 detects, asked for one line or for many at once."""
    assert LEVELS[line] == levels.of_line(line)
    together = [line, b"level=x info lvl severity Level", line]
    assert [LEVELS[line]] * 2 == levels.of_lines(together)[::2]


def test_finds_the_level_of_metadata() -> None:
    """OpenTelemetry's severity number is a level, and a level in words goes before it."""
    numbers = {
        "0": "unknown",
        "1": "trace",
        "9": "info",
        "17": "error",
        "24": "fatal",
        "25": "unknown",
    }
    for number, level in numbers.items():
        assert level == levels.of_metadata({"severity_number": number})
    assert "mine" == levels.of_metadata({"severity_number": "9", "level": "mine"})


def test_a_bucket_fills_up_to_its_burst() -> None:
    """What flows in is the rate, what can be taken at once the burst."""
    bucket = Bucket(rate=10, burst=30)
    assert [True, False] == [bucket.take(30, 0.0), bucket.take(1, 0.0)]
    assert [False, True] == [bucket.take(11, 1.0), bucket.take(10, 1.0)]
    assert [False, True] == [bucket.take(31, 100.0), bucket.take(30, 100.0)]


def test_spreads_equal_times_where_told_to() -> None:
    """With `increment_duplicate_timestamp` different lines of one time follow each other."""
    rules = Rules(Limits(increment_duplicate_timestamp=True, reject_old_samples=False))
    lines = [b"a", b"b", b"b", b"c", b"d"]
    received = Received('{a="b"}', [5, 5, 5, 5, 9], lines, None)
    batches, refusals = rules.apply([received], now=10)
    assert [] == refusals
    assert [5, 6, 5, 6, 9] == batches[0].times
