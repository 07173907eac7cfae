import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.driver.acceptor.conftest import Acceptor

Frame = Callable[..., bytes]
Soon = Callable[[Callable[[], bool]], None]


def test_it_says_what_it_is_in_the_very_words_that_the_engine_wants(acceptor: "Acceptor") -> None:
    """Anything else in the first answer, and the engine takes the plugin for another kind."""
    assert acceptor.raw("/Plugin.Activate") == b'{"Implements": ["LogDriver"]}'
    assert acceptor.ask("/LogDriver.Capabilities") == {"Cap": {"ReadLogs": True}}
    assert "Err" in acceptor.ask("/LogDriver.Unheard")


def test_all_that_was_written_is_in_the_spool_when_logging_stops(
    acceptor: "Acceptor", frame: Frame
) -> None:
    """StopLogging comes before the engine closes its end: what is in the FIFO then counts too."""
    data = b"".join(frame(b"%d" % number) for number in range(20_000))
    pipe = acceptor.begin()
    pipe.write(data)
    acceptor.end(pipe)
    assert acceptor.content() == data
    assert acceptor.stream().stopped


def test_bytes_pass_as_they_came(acceptor: "Acceptor", frame: Frame) -> None:
    """Empty lines, invalid UTF-8 and a line of 10 MB in 640 pieces: nobody looks into them."""
    pieces = [frame(b"\xff\xfe" * 8192, partial=n, last=n == 640) for n in range(1, 641)]
    data = frame(b"") + frame(b"\xc3(\x80") + b"".join(pieces) + frame(b"", source="stderr")
    pipe = acceptor.begin()
    pipe.write(data)
    acceptor.end(pipe)
    assert acceptor.content() == data


def test_long_streams_are_cut_into_segments(acceptor: "Acceptor", frame: Frame) -> None:
    """Each begins where the last one ends, and none grows without limit."""
    data = frame(b"x" * 16_000) * 2000
    pipe = acceptor.begin()
    pipe.write(data)
    acceptor.end(pipe)
    found = acceptor.stream().segments()
    assert len(found) > 2
    assert all(one.end == two.start for one, two in pairwise(found))
    assert acceptor.content() == data


def test_killed_again_and_again_it_loses_and_doubles_nothing(
    acceptor: "Acceptor", frame: Frame
) -> None:
    """What waits in the FIFO while no acceptor lives is taken by the next one."""
    data = b"".join(frame(b"%d" % number) for number in range(200_000))
    pipe = acceptor.begin()
    writing = threading.Thread(target=pipe.write, args=(data,))
    writing.start()
    for _ in range(5):
        writing.join(0.15)
        acceptor.restart()
    writing.join()
    acceptor.end(pipe)
    assert acceptor.content() == data


def test_a_start_that_is_asked_twice_begins_once(acceptor: "Acceptor", frame: Frame) -> None:
    """The engine asks again where an acceptor died before its answer arrived."""
    pipe = acceptor.begin()
    assert acceptor.ask_begin(pipe) == {"Err": ""}
    acceptor.restart()
    assert acceptor.ask_begin(pipe) == {"Err": ""}
    pipe.write(frame(b"once"))
    acceptor.end(pipe)
    assert len(acceptor.spool.streams()) == 1
    assert acceptor.content() == frame(b"once")


def test_an_engine_that_died_ends_its_streams(
    acceptor: "Acceptor", frame: Frame, soon: Soon
) -> None:
    """It will never say StopLogging for them; what it wrote is kept."""
    pipe = acceptor.begin()
    pipe.write(frame(b"last words"))
    pipe.close()
    soon(lambda: bool(acceptor.stream().stopped))
    assert acceptor.content() == frame(b"last words")


def test_an_engine_that_died_while_no_acceptor_lived_ends_its_streams(
    acceptor: "Acceptor", frame: Frame, soon: Soon
) -> None:
    """After a power failure there is nobody at the other end, or no FIFO at all."""
    first, second = acceptor.begin("first"), acceptor.begin("second")
    first.write(frame(b"1"))
    second.write(frame(b"2"))
    soon(lambda: bool(acceptor.content("first") and acceptor.content("second")))
    acceptor.kill()
    first.close()
    second.close()
    Path(second.path).unlink()
    acceptor.start()
    soon(lambda: bool(acceptor.stream("first").stopped and acceptor.stream("second").stopped))


def test_a_session_in_which_nothing_came_leaves_nothing(acceptor: "Acceptor", frame: Frame) -> None:
    """`docker logs` of a stopped container opens one; it disturbs neither the spool nor others."""
    pipe = acceptor.begin()
    pipe.write(frame(b"before"))
    acceptor.end(pipe)
    empty = acceptor.begin()
    assert len(acceptor.spool.streams()) == 2
    acceptor.end(empty)
    assert len(acceptor.spool.streams()) == 1
    assert acceptor.content() == frame(b"before")


def test_a_bad_option_is_told_to_whoever_starts_the_container(acceptor: "Acceptor") -> None:
    """The engine shows the driver's words, and nothing is left behind."""
    pipe = acceptor.begin("good")
    pipe.info = pipe.info | {"Config": {"loki-url": "nonsense"}}
    pipe.path += "-other"
    assert "loki-url" in acceptor.ask_begin(pipe)["Err"]
    assert len(acceptor.spool.streams()) == 1


def test_a_fifo_that_is_not_there_is_told(acceptor: "Acceptor") -> None:
    """Nothing is left behind then either."""
    told = acceptor.ask(
        "/LogDriver.StartLogging",
        {"File": "/nowhere", "Info": {"ContainerID": "a", "Config": {"loki-url": "http://l/"}}},
    )
    assert told == {"Err": "the log driver cannot take `/nowhere`: No such file or directory"}
    assert acceptor.spool.streams() == []


def test_nobody_else_reads_what_containers_write(acceptor: "Acceptor", frame: Frame) -> None:
    """Lines hold secrets, and so do `loki-url` and a container's environment."""
    pipe = acceptor.begin()
    pipe.write(frame(b"a"))
    acceptor.end(pipe)
    assert acceptor.spool.folder.stat().st_mode & 0o077 == 0
    for file in acceptor.stream().folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_two_hundred_containers_at_once(acceptor: "Acceptor", frame: Frame) -> None:
    """Each gets its own stream, and a flood of one does not starve the others."""
    names = [f"c{number:03}" for number in range(200)]
    with ThreadPoolExecutor(50) as pool:
        pipes = dict(zip(names, pool.map(acceptor.begin, names), strict=True))
        list(pool.map(lambda name: pipes[name].write(frame(name.encode()) * 2000), names))
        list(pool.map(lambda name: acceptor.end(pipes[name]), names))
    assert all(acceptor.content(name) == frame(name.encode()) * 2000 for name in names)


@pytest.mark.parametrize(
    "body", [b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n{{{", b"\x16\x03\x01\r\n"]
)
def test_nonsense_does_not_end_it(acceptor: "Acceptor", body: bytes, frame: Frame) -> None:
    """Whoever else may reach the socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(acceptor.folder / "loki.sock"))
        connection.sendall(body)
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    pipe = acceptor.begin()
    pipe.write(frame(b"still here"))
    acceptor.end(pipe)
    assert acceptor.content() == frame(b"still here")
