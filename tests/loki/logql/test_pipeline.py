"""Stages take lines apart as Loki's do."""

import time

import pytest

from batten.loki.logql import ast
from batten.loki.logql.errors import StageError, UnsupportedError
from batten.loki.logql.parse import parse
from batten.loki.logql.pipeline.build import build, reordered
from batten.loki.logql.pipeline.hints import Hints
from batten.loki.logql.pipeline.lenient import JsonFault, members
from batten.loki.logql.pipeline.logfmt import Fault, pairs
from batten.loki.logql.pipeline.record import Record

NOW = 1_700_000_000_123_456_789


def run(stages: str, line: str, metadata: tuple[tuple[str, str], ...] = ()) -> Record | None:
    """The record after the stages, or None where the line was left out."""
    query = parse('{app="web"} ' + stages)
    assert isinstance(query, ast.LogQuery)
    record = Record({"app": "web"})
    record.begin(NOW, line, metadata)
    steps = build(reordered(query.stages), Hints())
    return record if all(step(record) for step in steps) else None


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ('{"a": 1.0, "b": {"c d": "x"}, "e": [1], "f": null}', {"a": "1.0", "b_c_d": "x"}),
        ('{"app": "other"}', {"app_extracted": "other"}),
        (r'{"a": "\u00e9\ud83d\ude00\n"}', {"a": "é😀\n"}),
        ('{"a": 1} and more', {"a": "1"}),
        ('{"a": 1, "a": 2}', {"a": "2"}),
        ("{}", {}),
    ],
)
def test_json_members_become_labels(line: str, labels: dict[str, str]) -> None:
    """Members are flattened, arrays and nulls passed over, numbers kept as they were written."""
    record = run("| json", line)
    assert record
    assert labels == record.parsed


def test_broken_json_keeps_what_came_before() -> None:
    """A line that is cut off has the labels up to there, and the error with Loki's details."""
    record = run("| json", '{"level": "error", "msg": "cut off')
    assert record
    assert {"level": "error"} == record.parsed
    assert "JSONParserErr" == record.error
    assert "Value is string, but can't find closing '\"' symbol" == record.details


@pytest.mark.parametrize("text", ['{"a":', "{", "x", '{"a" 1}', '{"a": nope}', '{"\\q": 1}'])
def test_lenient_reader_ends_on_anything(text: str) -> None:
    """Whatever a line holds, the reader says what is wrong and never goes on for ever."""
    with pytest.raises(JsonFault):
        list(members(text))


def test_logfmt_passes_over_what_it_cannot_read() -> None:
    """Pairs behind a fault are still read; quotes and escapes are taken away."""
    found = list(pairs('a=1 "x" b=c=d e="f \\"g\\"" h'))
    assert [("a", "1"), ("e", 'f "g"'), ("h", "")] == [
        pair for pair in found if not isinstance(pair, Fault)
    ]
    assert [
        "logfmt syntax error at pos 5 : unexpected '\"'",
        "logfmt syntax error at pos 12 : unexpected '='",
    ] == [str(pair) for pair in found if isinstance(pair, Fault)]


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{{.level | upper}} {{.nosuch}}|", "WARN |"),
        ('{{printf "%-5s|%05.1f|%d" .level 2.25 7}}', "warn |002.2|7"),
        ('{{if eq .level "warn"}}a{{else if .x}}b{{else}}c{{end}}', "a"),
        ('{{range $i, $e := fromJson "[1,2]"}}{{$i}}={{$e}};{{end}}', "0=1;1=2;"),
        ("{{ $x := .level }}{{with .nosuch}}a{{else}}{{$x}}{{end}}", "warn"),
        ('{{__line__ | trunc 5}} {{.level | replace "w" "W" | default "x"}}', "level Warn"),
        ('{{date "2006-01-02T15:04:05.000Z07:00" __timestamp__}}', "2023-11-14T22:13:20.123Z"),
        ('{{regexReplaceAll "(a)(r)" .level "${2}$1"}} {{add 1 2 | int}}', "wran 3"),
        ("a {{- .level -}} b", "awarnb"),
    ],
)
def test_templates(template: str, line: str) -> None:
    """The part of Go's templates that people write works as in Go."""
    record = run(f"| logfmt | line_format `{template}`", "level=warn")
    assert record
    assert line == record.line


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{.x", "unclosed action"),
        ("{{nosuch .x}}", 'function "nosuch" not defined'),
        ("{{if .x}}", "unexpected EOF"),
        ("{{end}}", "unexpected {{end}}"),
    ],
)
def test_a_broken_template_is_refused(template: str, message: str) -> None:
    """A template that Go would refuse is refused before a line is read."""
    with pytest.raises(StageError, match=message.replace("{", r"\{")):
        run(f"| line_format `{template}`", "x")


def test_what_is_not_supported_is_named() -> None:
    """Parts of templates that this server lacks are refused by name, never passed over."""
    with pytest.raises(UnsupportedError, match="`define` in a template"):
        run('| line_format `{{define "x"}}{{end}}`', "x")


def test_line_filters_run_before_parsers() -> None:
    """Filters move ahead, but not past a stage that rewrites the line."""
    query = parse('{app="web"} | json |= "a" | line_format "x" |= "b" | decolorize |= "c"')
    assert isinstance(query, ast.LogQuery)
    kinds = [type(stage).__name__ for stage in reordered(query.stages)]
    assert ["LineFilters", "JsonParser", "LineFormat", "LineFilters", "Decolorize"] == kinds


def test_metadata_hides_a_parsed_label_of_its_name() -> None:
    """Structured metadata win over what a parser finds, as in Loki 3.4."""
    record = run("| logfmt", "trace=parsed", (("trace", "metadata"),))
    assert record
    assert {"app": "web", "trace": "metadata"} == record.labels()


def test_a_hostile_expression_does_not_hang() -> None:
    """A regular expression that takes others exponential time is answered at once."""
    begin = time.process_time()
    assert run('|~ "(a+)+$"', "a" * 5000 + "b") is None
    assert time.process_time() - begin < 5
