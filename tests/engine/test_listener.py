"""Who holds a port of this machine."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from batten.engine import Listener, listeners


@contextmanager
def _held(family: int, kind: int, address: str) -> Iterator[int]:
    with socket.socket(family, kind) as one:
        one.bind((address, 0))
        if kind == socket.SOCK_STREAM:
            one.listen()
        yield one.getsockname()[1]


def test_tcp() -> None:
    """A listening process is found with its pid, its name and its address."""
    with _held(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1") as port:
        found = listeners([port])[port, "tcp"]
    assert (os.getpid(), ("127.0.0.1",)) == (found.pid, found.addresses)
    assert f"(pid {os.getpid()})" in str(found)
    assert "python" in str(found)


def test_udp() -> None:
    """A bound UDP socket holds its port, though nothing listens on it."""
    with _held(socket.AF_INET, socket.SOCK_DGRAM, "127.0.0.1") as port:
        assert [(port, "udp")] == list(listeners([port]))


def test_free_port() -> None:
    """A port that nobody holds is not listed, nor is one that was not asked for."""
    with _held(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1") as other:
        pass
    with _held(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1"):
        assert {} == listeners([other])


@pytest.mark.parametrize(
    ("held", "wanted", "covered"),
    [
        ("0.0.0.0", "127.0.0.1", True),  # noqa: S104
        ("::", "10.0.0.1", True),
        ("127.0.0.1", None, True),
        ("127.0.0.1", "0.0.0.0", True),  # noqa: S104
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "10.0.0.1", False),
    ],
)
def test_covers(held: str, wanted: str | None, *, covered: bool) -> None:
    """Two may share a port on different addresses, and not where one takes them all."""
    assert covered == Listener(80, "tcp", (held,)).covers(wanted)


def test_mapped_address() -> None:
    """A socket of both families on an IPv4 address stands in the way of that address."""
    with socket.socket(socket.AF_INET6) as one:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        one.bind(("::ffff:127.0.0.1", 0))
        one.listen()
        port = one.getsockname()[1]
        assert listeners([port])[port, "tcp"].covers("127.0.0.1")


def test_options_are_not_told() -> None:
    """A command is told up to its first option: what follows may be a secret."""
    with _held(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1") as port:
        assert " -" not in str(listeners([port])[port, "tcp"].command)


def test_unknown_process() -> None:
    """Whose port it is may be hidden from a user who is not root."""
    assert "a process of another user" == str(Listener(80, "tcp", ("::",)))
