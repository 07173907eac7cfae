"""Lines on a terminal, in a pipe, and as JSON."""

import io
import json
import re
from datetime import datetime, timedelta

from rich.console import Console

from batten.logs import LogLine, Sample
from batten.logs.driver import DriverStatus, Shipped
from batten.report.logs import status
from batten.report.logs.json import Json
from batten.report.logs.text import Text

SECOND = 1_000_000_000


def line(text: str, service: str = "web", number: int = 1, ago_s: float = 0) -> LogLine:
    """A line of the project `shop`, written at noon of today or before."""
    noon = datetime.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0)
    at = noon - timedelta(seconds=ago_s)
    labels = {
        "compose_project": "shop",
        "compose_service": service,
        "container_name": f"shop-{service}-{number}",
        "source": "stdout",
    }
    return LogLine(round(at.timestamp() * 1000) * 1_000_000 + 7, text, labels)


def printed(*pages: list[LogLine], terminal: bool = False, width: int = 100) -> str:
    """What is written for these pages."""
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=width, _environ={"TERM": "xterm"})
    to = Text(console, "shop", ["db", "web"])
    for page in pages:
        to.lines(page)
    return file.getvalue()


def test_a_pipe_gets_plain_lines() -> None:
    """Time, service with its number, text; what the text had in it stays."""
    shown = printed(
        [line("one"), line("\x1b[31mtwo\x07", "database", ago_s=-0.5), line("x", number=2)]
    )
    assert (
        "12:00:00.000  web      | one\n"
        "12:00:00.500  database | \x1b[31mtwo\x07\n"
        "12:00:00.000  web-2    | x\n" == shown
    )


def test_a_terminal_gets_colours_and_nothing_that_moves_its_cursor() -> None:
    """A line may be anybody's: its own colours end with it, the rest is shown as what it is not."""
    shown = printed([line("\x1b[31mred\x1b]0;title\x07\x1b[2J\r\x9b1m\tend")], terminal=True)
    assert "\x1b[31mred\ufffd]0;title\ufffd\ufffd[2J\ufffd\ufffd1m\tend\x1b[0m\n" in shown
    assert re.match(r"\x1b\[\d+m12:00:00\.000  web \| \x1b\[0m", shown)


def test_a_service_keeps_its_colour() -> None:
    """Whoever else is shown, and whichever of its containers wrote."""

    def colour(shown: str) -> list[str]:
        return re.findall(r"^(\x1b\[\d+m)", shown, re.MULTILINE)

    alone = colour(printed([line("a")], terminal=True))
    beside = colour(printed([line("a", "db"), line("a"), line("a", number=2)], terminal=True))
    assert [beside[1], beside[2]] == alone * 2
    assert beside[0] != beside[1]


def test_a_narrow_terminal_has_no_milliseconds() -> None:
    """The words need the room."""
    assert "12:00:00  web | " in printed([line("a")], terminal=True, width=60)


def test_another_day_is_told() -> None:
    """Where the lines begin on one."""
    shown = printed([line("a", ago_s=48 * 3600), line("b")]).splitlines()
    assert all(re.match(r"(\d{4}-)?\d\d-\d\d 12:00:00\.000  web \| ", one) for one in shown)


def test_parts_of_a_line_stand_under_one_name() -> None:
    """So that a search for the name finds all of them."""
    assert ["web | a", "web |  b"] == [one[14:] for one in printed([line("a\n b")]).splitlines()]


def test_json_has_an_object_a_line() -> None:
    """With nanoseconds; what no label tells is null."""
    file = io.StringIO()
    to = Json(file)
    to.lines([LogLine(1_795_444_200 * SECOND + 1, 'a "b"', {"x": "y"})])
    to.samples([Sample({"a": "b"}, 1_795_444_200 * SECOND, float("nan"))])
    first, second = map(json.loads, file.getvalue().splitlines())
    assert {
        "time": "2026-11-23T14:30:00.000000001Z",
        "service": None,
        "container": None,
        "source": None,
        "line": 'a "b"',
        "labels": {"x": "y"},
    } == first
    assert {"time": "2026-11-23T14:30:00.000000000Z", "labels": {"a": "b"}, "value": None} == second


def test_numbers_are_a_table() -> None:
    """A column for each label, the greatest first."""
    file = io.StringIO()
    to = Text(Console(file=file, width=80), "shop", [])
    to.samples([Sample({"a": "x"}, 0, 2), Sample({"a": "y", "b": "z"}, 0, 1234.5)])
    rows = [row.split() for row in file.getvalue().splitlines()]
    assert [["A", "B", "VALUE"], ["y", "z", "1,234.5"], ["x", "2"]] == rows


def test_the_driver_as_a_table() -> None:
    """Who is behind and who lost lines; an error that several have is said once."""
    refused = "no Loki answers"
    found = DriverStatus(
        "1",
        (
            Shipped("1", "shop-web-1", "shop", "web", "running", 5 << 20, 1200, 100, 3 << 20, 75.0,
                    120, 0, refused),
            Shipped("2", "shop-db-1", "shop", "db", "running", last_error=refused),
        ),
    )  # fmt: skip
    file = io.StringIO()
    console = Console(file=file, width=120)
    console.print(status._render(found, console))
    rows = [" ".join(row.split()) for row in file.getvalue().splitlines()]
    assert [
        "CONTAINER STATE ACCEPTED SHIPPED BEHIND DROPPED REFUSED",
        "shop-db-1 running 0B 0 – 0 0",  # noqa: RUF001  # a dash
        "shop-web-1 running 5M 1,200 3M, 75s 120 0",
        "",
        "shop-db-1, shop-web-1: no Loki answers",
    ] == rows
    assert "no container logs through the driver" in str(status._render(DriverStatus(), console))
