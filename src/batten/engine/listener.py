"""Who holds a port of this machine."""

from collections.abc import Iterable
from ipaddress import ip_address

import msgspec
import psutil

_ANY = ("0.0.0.0", "::")  # noqa: S104  # they are compared with, not bound


class Listener(msgspec.Struct, frozen=True):
    """A process that holds a port, on one or more of the host's addresses.

    Without root the system does not tell whose ports others hold: `pid` is None then.
    `command` ends before the first option, for options may carry secrets.
    """

    port: int
    protocol: str
    addresses: tuple[str, ...]
    pid: int | None = None
    name: str | None = None
    command: str | None = None

    def covers(self, host_ip: str | None) -> bool:
        """Whether it is in the way of somebody who wants the port on `host_ip` (None: on all)."""
        if not host_ip or host_ip in _ANY:
            return True
        return any(held in {*_ANY, _plain(host_ip)} for held in self.addresses)

    def __str__(self) -> str:
        if self.pid is None:
            return "a process of another user"
        return f"`{self.command or self.name}` (pid {self.pid})"


def listeners(ports: Iterable[int]) -> dict[tuple[int, str], Listener]:
    """Who holds these ports now, by port and protocol (`tcp`, `udp`); free ones are missing."""
    asked = set(ports)
    held: dict[tuple[int, str], list[tuple[str, int | None]]] = {}
    for protocol in ("tcp", "udp"):
        for one in psutil.net_connections(kind=protocol):
            # UDP has no listening state: a bound socket without a peer is one.
            if one.laddr and one.laddr.port in asked and not one.raddr:
                key = (one.laddr.port, protocol)
                held.setdefault(key, []).append((_plain(one.laddr.ip), one.pid))
    return {key: _listener(key, found) for key, found in held.items()}


def _listener(key: tuple[int, str], held: list[tuple[str, int | None]]) -> Listener:
    pid = next((pid for _, pid in held if pid is not None), None)
    addresses = tuple(sorted({address for address, _ in held}))
    return Listener(*key, addresses, pid, *_process(pid))


def _process(pid: int | None) -> tuple[str | None, str | None]:
    """Name and command; a process may be gone, or another user's."""
    if pid is None:
        return None, None
    try:
        process = psutil.Process(pid)
        return process.name(), " ".join(process.cmdline()).partition(" -")[0] or None
    except psutil.Error:
        return None, None


def _plain(address: str) -> str:
    """`::ffff:127.0.0.1` is how a socket of both families writes 127.0.0.1."""
    mapped = getattr(ip_address(address.partition("%")[0]), "ipv4_mapped", None)
    return str(mapped) if mapped else address
