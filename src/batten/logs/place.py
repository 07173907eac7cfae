"""Where a stack's lines can be read: at its Loki, or at the Loki that its log driver sends them to."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import msgspec

from batten.catalog import identify
from batten.catalog.log_driver import loki_host, loki_options
from batten.engine import Container, Engine
from batten.model import Service, Stack

_NAME = "loki"
_PORT = 3100


class Place(msgspec.Struct, frozen=True):
    """A Loki's URL, which may carry credentials, and the tenant whose lines are asked for."""

    url: str
    tenant: str | None = None


class NoPlace(msgspec.Struct, frozen=True):
    """Why no Loki can be asked, in words that follow a colon."""

    why: str


def find(engine: Engine, stack: Stack | None, containers: Iterable[Container]) -> Place | NoPlace:
    """The Loki of a stack, as far as its containers and files tell."""
    own = [one for one in containers if _is_loki(_service(stack, one))]
    running = [one for one in own if one.running]
    for container in running:
        if address := engine.reach(container, _PORT):
            return Place(f"http://{address}", _tenant(stack))
    if running:
        return NoPlace(f"port {_PORT} of `{running[0].service}` cannot be reached from here")
    if own:
        code = f" with {own[0].exit_code}" if own[0].exit_code is not None else ""
        return NoPlace(f"`{own[0].service}` is not running ({own[0].state}{code})")
    return next(_elsewhere(stack), NoPlace(_missing(stack)))


def _service(stack: Stack | None, container: Container) -> Service:
    known = stack.services.get(container.service) if stack else None
    return known or Service(container.service, image=container.image)


def _is_loki(service: Service) -> bool:
    return identify(service).name == _NAME


def _missing(stack: Stack | None) -> str:
    named = [name for name, one in stack.services.items() if _is_loki(one)] if stack else []
    if not named:
        return "the stack has no Loki"
    why = stack.left_out.get(named[0]) if stack else None
    return f"`{named[0]}` has no container" + (f" ({why})" if why else "")


def _elsewhere(stack: Stack | None) -> Iterator[Place]:
    """Where services of the stack send their lines, unless that is one of its own services."""
    for service in stack.services.values() if stack else ():
        options = loki_options(service) or {}
        host = loki_host(options)
        if host and stack and host not in stack.services:
            yield Place(_base(options["loki-url"]), options.get("loki-tenant-id"))


def _base(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(
        path=parts.path.partition("/loki/api/")[0], query="", fragment=""
    ).geturl()


def _tenant(stack: Stack | None) -> str | None:
    """The tenant that the driver names, where it names one."""
    options = (loki_options(one) or {} for one in stack.services.values()) if stack else ()
    return next((found["loki-tenant-id"] for found in options if "loki-tenant-id" in found), None)
