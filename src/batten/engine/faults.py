"""The one place where what the Docker SDK raises becomes what a person is told."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from json import JSONDecodeError

from docker.credentials.errors import StoreError
from docker.errors import APIError, DockerException, InvalidVersion, TLSParameterError
from requests.exceptions import ConnectTimeout, ReadTimeout, RequestException, SSLError
from urllib3.exceptions import HTTPError, NameResolutionError

from batten.engine.address import Address
from batten.engine.refusal import Silent, refusal
from batten.errors import BattenError, EngineError, NotAllowed

# The oldest API that Batten speaks: engine 20.10.
OLDEST_API = "1.41"


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn every error of the SDK and of the transports below it into Batten's own."""
    try:
        yield
    except (DockerException, RequestException, HTTPError, StoreError) as error:
        raise translate(error, address) from error


def translate(error: Exception, address: Address) -> BattenError:
    """What a person is told about `error`, which came up while talking to the engine."""
    chain = list(_chain(error))
    for cause in chain:
        if isinstance(cause, APIError):
            return _refused(cause, address)
    for cause in chain:
        if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
            return _UNREACHABLE[cause.errno](address)
    for cause in chain:
        for kinds, say in _MEANINGS:
            if isinstance(cause, kinds):
                return say(address, cause)
    return EngineError(f"the talk with the Docker engine at {address} broke off: {error}")


def too_old(api: str, engine: str, address: Address) -> EngineError:
    """An engine that does not know what Batten asks for."""
    return EngineError(
        f"the Docker engine at {address} is too old: it is {engine} and speaks API {api}, "
        f"Batten needs API {OLDEST_API}",
        hint="upgrade it to Docker Engine 20.10 or newer",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all it was made from; urllib3 and requests keep causes among `args`."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or any(cause is known for known in seen):
            continue
        seen.append(cause)
        yield cause
        inner = [part for part in cause.args if isinstance(part, BaseException)]
        waiting += [*inner, getattr(cause, "reason", None), cause.__cause__, cause.__context__]


def _refused(error: APIError, address: Address) -> BattenError:
    reason = error.explanation or str(error)
    if "HTTP request to an HTTPS server" in reason:
        return EngineError(
            f"the Docker engine at {address} wants TLS",
            hint="set `DOCKER_TLS_VERIFY=1`, and `DOCKER_CERT_PATH` to the folder with `ca.pem`, "
            "`cert.pem` and `key.pem`",
        )
    return refusal(reason, error.status_code)


def _missing(address: Address) -> EngineError:
    return EngineError(
        f"no Docker engine at {address}: there is no such socket",
        hint="install one (on Debian: `apt-get install docker.io`), start it, "
        "or say where it is with `DOCKER_HOST`",
    )


def _silent(address: Address) -> EngineError:
    where = "start it: `systemctl start docker`, or `dockerd` where there is no systemd"
    return EngineError(
        f"no Docker engine listens at {address}",
        hint=where if address.socket else "start it there, or correct `DOCKER_HOST`",
    )


def _locked(address: Address) -> NotAllowed:
    return NotAllowed(
        f"this user may not talk to the Docker engine at {address}",
        hint="run it with `sudo`, or join the socket's group with "
        "`sudo usermod -aG docker $USER` and log in again",
    )


def _broken(address: Address) -> EngineError:
    return EngineError(
        f"the Docker engine at {address} hung up",
        hint="see why: `journalctl -u docker`, and start it again where it has stopped",
    )


def _away(address: Address) -> EngineError:
    return EngineError(
        f"the Docker engine at {address} cannot be reached from here",
        hint="check the address and the network between",
    )


_UNREACHABLE = {
    errno.ENOENT: _missing,
    errno.ENOTDIR: _missing,
    errno.ECONNREFUSED: _silent,
    errno.EACCES: _locked,
    errno.EPERM: _locked,
    errno.ECONNRESET: _broken,
    errno.EPIPE: _broken,
    errno.ENETUNREACH: _away,
    errno.EHOSTUNREACH: _away,
    errno.ETIMEDOUT: _away,
}


def _ancient(address: Address, _: BaseException) -> EngineError:
    return too_old("older than 1.24", "from before 2017", address)


def _untrusted(address: Address, cause: BaseException) -> EngineError:
    return EngineError(
        f"the Docker engine at {address} cannot be trusted: {cause}",
        hint="check `ca.pem`, `cert.pem` and `key.pem` in `DOCKER_CERT_PATH`",
    )


def _stuck(address: Address, _: BaseException) -> EngineError:
    return Silent(
        f"the Docker engine at {address} does not answer",
        hint="see what it is doing: `journalctl -u docker`, or restart it",
    )


def _something_else(address: Address, _: BaseException) -> EngineError:
    return EngineError(
        f"what answers at {address} is no Docker engine",
        hint="say where the engine is with `DOCKER_HOST`",
    )


def _no_credentials(_: Address, cause: BaseException) -> EngineError:
    return EngineError(
        f"the credential helper of Docker failed: {cause}",
        hint="look at `credsStore` and `credHelpers` in `~/.docker/config.json`",
    )


# Causes that carry no number of the system's; a broken line is also an HTTPException.
_MEANINGS: tuple[tuple[tuple[type, ...], Callable[[Address, BaseException], EngineError]], ...] = (
    ((InvalidVersion,), _ancient),
    ((SSLError, TLSParameterError), _untrusted),
    ((ReadTimeout, ConnectTimeout, TimeoutError), _stuck),
    ((NameResolutionError,), lambda address, _: _away(address)),
    ((ConnectionError,), lambda address, _: _broken(address)),
    ((JSONDecodeError, HTTPException, KeyError, TypeError), _something_else),
    ((StoreError,), _no_credentials),
)
