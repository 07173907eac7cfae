"""The way from this process to a container's port."""

from collections.abc import Callable

from batten.engine.address import Address
from batten.engine.container import Container, PublishedPort
from batten.engine.host import Host


def reach(engine: Address, container: Container, port: int, host: Callable[[], Host]) -> str | None:
    """`host:port`; None where there is no way.

    A published port is taken first: behind the socket of Docker Desktop, addresses of containers
    lead nowhere. Loopback ports of an engine on another machine are that machine's own.
    """
    for published in container.ports:
        if (published.container_port, published.protocol) == (port, "tcp"):
            if published.is_public:
                return f"{engine.host}:{published.host_port}"
            if engine.socket or not published.host_ip.startswith(("127.", "::1")):
                return _at(published)
    if container.addresses and host().local:
        return f"{container.addresses[0]}:{port}"
    return None


def _at(published: PublishedPort) -> str:
    """An IPv6 address wants brackets in a URL."""
    ip = published.host_ip
    return f"{f'[{ip}]' if ':' in ip else ip}:{published.host_port}"
