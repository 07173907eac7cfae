"""What a person is told about an engine that cannot be reached, by the number of the system's error."""

import errno

from batten.engine.address import Address
from batten.errors import EngineError, NotAllowed


def missing(address: Address) -> EngineError:
    """There is no socket."""
    return EngineError(
        f"no Docker engine at {address}: there is no such socket",
        hint="install one (on Debian: `apt-get install docker.io`), start it, "
        "or say where it is with `DOCKER_HOST`",
    )


def silent(address: Address) -> EngineError:
    """Nobody listens."""
    where = "start it: `systemctl start docker`, or `dockerd` where there is no systemd"
    return EngineError(
        f"no Docker engine listens at {address}",
        hint=where if address.socket else "start it there, or correct `DOCKER_HOST`",
    )


def locked(address: Address) -> NotAllowed:
    """The socket is somebody else's."""
    return NotAllowed(
        f"this user may not talk to the Docker engine at {address}",
        hint="run it with `sudo`, or join the socket's group with "
        "`sudo usermod -aG docker $USER` and log in again",
    )


def broken(address: Address) -> EngineError:
    """It went away in the middle of a talk."""
    return EngineError(
        f"the Docker engine at {address} hung up",
        hint="see why: `journalctl -u docker`, and start it again where it has stopped",
    )


def away(address: Address) -> EngineError:
    """No way leads there."""
    return EngineError(
        f"the Docker engine at {address} cannot be reached from here",
        hint="check the address and the network between",
    )


UNREACHABLE = {
    errno.ENOENT: missing,
    errno.ENOTDIR: missing,
    errno.ECONNREFUSED: silent,
    errno.EACCES: locked,
    errno.EPERM: locked,
    errno.ECONNRESET: broken,
    errno.EPIPE: broken,
    errno.ENETUNREACH: away,
    errno.EHOSTUNREACH: away,
    errno.ETIMEDOUT: away,
}
