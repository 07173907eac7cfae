import json
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from batten.driver.acceptor.entry import entries
from batten.driver.spool.seal import seal

if TYPE_CHECKING:
    from tests.driver.acceptor.conftest import Acceptor

Frame = Callable[..., bytes]
Soon = Callable[[Callable[[], bool]], None]

SECOND = 10**9
NOON = 1_763_985_600 * SECOND  # 2025-11-24T12:00:00Z


def lines(answer: bytes) -> list[bytes]:
    """The lines of whole frames; what is left over is a failure."""
    found = list(entries(answer))
    assert (found[-1][0] if found else 0) == len(answer)
    return [entry.line for _, entry in found]


@pytest.fixture
def ten(acceptor: "Acceptor", frame: Frame) -> "Acceptor":
    """A container that wrote a line a second from noon on, and stopped."""
    pipe = acceptor.begin()
    for number in range(10):
        pipe.write(frame(b"line %d" % number, NOON + number * SECOND))
    acceptor.end(pipe)
    return acceptor


def test_lines_end_in_a_newline(ten: "Acceptor") -> None:
    """The engine shows what it gets, and adds nothing."""
    assert lines(ten.logs()) == [b"line %d\n" % number for number in range(10)]


def test_nothing_else_of_an_entry_changes(acceptor: "Acceptor", frame: Frame) -> None:
    """Source and time are the engine's; an empty line and one that is no UTF-8 are lines too."""
    given: list[dict[str, Any]] = [
        ({"line": b"to err", "source": "stderr", "time_ns": NOON + 1}),
        ({"line": b""}),
        ({"line": b"\xff\xfe"}),
    ]
    pipe = acceptor.begin()
    for one in given:
        pipe.write(frame(**one))
    acceptor.end(pipe)
    assert acceptor.logs() == b"".join(
        frame(**one | {"line": one["line"] + b"\n"}) for one in given
    )


def test_a_long_line_ends_once(acceptor: "Acceptor", frame: Frame) -> None:
    """It comes in pieces, and only the last one ends it."""
    pipe = acceptor.begin()
    for number in (1, 2, 3):
        pipe.write(frame(b"%d" % number * 16384, partial=number, last=number == 3))
    acceptor.end(pipe)
    assert b"".join(lines(acceptor.logs())) == b"1" * 16384 + b"2" * 16384 + b"3" * 16384 + b"\n"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"Tail": 3}, [7, 8, 9]),
        ({"Tail": 0}, []),
        ({"Tail": 99}, range(10)),
        ({"Since": "2025-11-24T12:00:08Z"}, [8, 9]),
        ({"Since": "2025-11-24T13:00:07.5+01:00"}, [8, 9]),
        ({"Until": "2025-11-24T12:00:01.000000001Z"}, [0, 1]),
        ({"Since": "2025-11-24T12:00:02Z", "Until": "2025-11-24T12:00:03Z"}, [2, 3]),
        ({"Tail": 1, "Until": "2025-11-24T12:00:03Z"}, [3]),
    ],
)
def test_only_what_was_asked_for(
    ten: "Acceptor", config: dict[str, Any], expected: list[int]
) -> None:
    """`--tail`, `--since` and `--until`, together too."""
    assert lines(ten.logs(**config)) == [b"line %d\n" % number for number in expected]


def test_a_container_that_was_restarted_has_one_history(acceptor: "Acceptor", frame: Frame) -> None:
    """`docker logs` shows what it wrote before, first; others' lines are not among it."""
    for container, line in (("a", b"1"), ("b", b"other"), ("a", b"2"), ("a", b"3")):
        pipe = acceptor.begin(container)
        pipe.write(frame(line))
        acceptor.end(pipe)
    assert lines(acceptor.logs("a")) == [b"1\n", b"2\n", b"3\n"]
    assert lines(acceptor.logs("a", Tail=2)) == [b"2\n", b"3\n"]


def test_sealed_and_open_segments_read_as_one(acceptor: "Acceptor", frame: Frame) -> None:
    """Frames lie across the ends of segments, and the tail may begin in any of them."""
    count = 4000
    pipe = acceptor.begin()
    for number in range(count):
        pipe.write(frame(b"%d " % number + b"x" * 8000))
    acceptor.end(pipe)
    for segment in acceptor.stream().segments()[:-1]:
        seal(segment)
    found = lines(acceptor.logs())
    assert [int(line.split()[0]) for line in found] == list(range(count))
    for tail in (1, 500, 1500, 3999):
        assert lines(acceptor.logs(Tail=tail)) == found[-tail:]


def test_following_goes_on_until_the_container_stops(acceptor: "Acceptor", frame: Frame) -> None:
    """What comes later is told when it comes."""
    pipe = acceptor.begin()
    pipe.write(frame(b"before"))
    answer: list[bytes] = []
    following = threading.Thread(target=lambda: answer.append(acceptor.logs(Follow=True)))
    following.start()
    following.join(0.5)
    pipe.write(frame(b"after"))
    following.join(0.5)
    assert following.is_alive()
    acceptor.end(pipe)
    following.join(15)
    assert lines(answer[0]) == [b"before\n", b"after\n"]


def test_whoever_follows_and_leaves_leaves_no_process(
    acceptor: "Acceptor", frame: Frame, soon: Soon
) -> None:
    """`docker logs -f` ends with Ctrl-C, mostly."""
    import socket

    pipe = acceptor.begin()
    pipe.write(frame(b"a"))
    body = json.dumps({"Info": {"ContainerID": "c0ffee"}, "Config": {"Follow": True, "Tail": -1}})
    head = f"POST /LogDriver.ReadLogs HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(acceptor.folder / "loki.sock"))
        connection.sendall((head + body).encode())
        assert connection.recv(10) == b"HTTP/1.1 2"
        soon(lambda: bool(list(readers(acceptor))))
    soon(lambda: not list(readers(acceptor)))


def readers(acceptor: "Acceptor") -> Iterator[str]:
    """The processes that the acceptor started."""
    assert acceptor.process
    pid = acceptor.process.pid
    yield from Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_torn_tail_hides_nothing_that_follows(acceptor: "Acceptor", frame: Frame) -> None:
    """After a power failure the last frame may be half there, or zeros where it was."""
    pipe = acceptor.begin()
    pipe.write(frame(b"whole"))
    acceptor.end(pipe)
    (segment,) = acceptor.stream().segments()
    with segment.path.open("ab") as file:
        file.write(struct.pack(">I", 90) + b"\x0a\x06std" + b"\0" * 100)
    pipe = acceptor.begin()
    pipe.write(frame(b"next start"))
    acceptor.end(pipe)
    assert lines(acceptor.logs()) == [b"whole\n", b"next start\n"]
