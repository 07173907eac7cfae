"""Which software a service is."""

import functools
import importlib
import pkgutil
import re
from pathlib import PurePosixPath
from types import MappingProxyType

import batten.catalog
from batten.catalog import commandline
from batten.catalog.dockerfile import base_image
from batten.catalog.reference import Reference
from batten.catalog.software import Software
from batten.model import Service

# What may stand behind a name without changing what it names: `redis-stack-server` is a Redis,
# `redis-commander` is something for a Redis.
_VARIANTS = frozenset(
    (
        "server",
        "service",
        "db",
        "database",
        "cluster",
        "standalone",
        "single",
        "primary",
        "replica",
        "master",
        "slave",
        "main",
        "node",
        "alpine",
        "debian",
        "ubuntu",
        "bookworm",
        "slim",
        "base",
        "image",
        "docker",
        "container",
        "custom",
        "local",
        "dev",
        "prod",
        "production",
        "staging",
        "test",
        "oss",
        "enterprise",
        "community",
        "ce",
        "ee",
        "kubernetes",
        "unprivileged",
        "stack",
        "ha",
        "native",
        "jvm",
        "core",
    )
)
# What may stand before a name and makes it something else.
_HELPERS = frozenset(
    (
        "backup",
        "dump",
        "restore",
        "wait",
        "init",
        "migrate",
        "exporter",
        "monitor",
        "test",
        "proxy",
        "mock",
        "fake",
        "client",
        "consumer",
        "etl",
        "loader",
        "producer",
        "seed",
        "setup",
        "sync",
    )
)
# Names that say no more than what a service is for; its port says what it is.
_ROLES = frozenset(
    ("db", "database", "cache", "broker", "queue", "store", "data", "storage", "rdbms", "sql")
)


def identify(service: Service) -> Software:
    """The software of a service; an application where nothing says more.

    Asked in turn: its image, the image it is built on, what its command line starts, and for an
    image of a private name what its port and the service's own name say together.
    """
    named = _by_image(service.image)
    if named and _is_only_a_tool(service, named):
        return software()["application"]
    return (
        named
        or _by_program(service)
        or _by_image(base_image(service.build) if service.build else None)
        or _by_port(service)
        or _by_environment(service)
        or software()["application"]
    )


def reference(service: Service) -> Reference | None:
    """Its image taken apart, or that which its own is built on; None where neither is known."""
    image = (base_image(service.build) if service.build else None) or service.image
    return Reference.parse(image) if image else None


@functools.cache
def software() -> MappingProxyType[str, Software]:
    """Everything in the catalog, by name."""
    found: dict[str, Software] = {}
    for module in pkgutil.iter_modules(batten.catalog.__path__):
        content = importlib.import_module(f"batten.catalog.{module.name}")
        for one in getattr(content, "SOFTWARE", ()):
            found[one.name] = one
    return MappingProxyType(found)


@functools.cache
def _index() -> dict[tuple[str, str | int], Software]:
    """Software by each thing that it is recognised by."""
    found: dict[tuple[str, str | int], Software] = {}
    for one in software().values():
        found |= {("image", image): one for image in one.images}
        found |= {("name", name): one for name in one.names}
        for program in one.programs:
            found.setdefault(("program", program), one)
        for port in one.ports[:1]:
            found.setdefault(("port", port), one)
    return found


def _is_only_a_tool(service: Service, named: Software) -> bool:
    """A database's image that runs `pg_dump`, or a script that starts no server, is no database."""
    words = {PurePosixPath(word).name for word in commandline.words(service)}
    if not named.programs or words & set(named.programs):
        return False
    return bool(words & set(named.clients)) or commandline.runs_script(service)


@functools.lru_cache(maxsize=4096)
def _by_image(image: str | None) -> Software | None:
    if not image:
        return None
    parsed = Reference.parse(image)
    return _index().get(("image", parsed.path)) or _by_name(parsed.name)


def _by_name(name: str) -> Software | None:
    """By the noun at its end: `acme-postgres` is one, `postgres-exporter` is an exporter."""
    parts = [part for part in re.split(r"[-_.]", name.lower()) if part]
    while len(parts) > 1 and (parts[-1] in _VARIANTS or parts[-1].lstrip("v").isdigit()):
        parts.pop()
    if not parts or _HELPERS & set(parts[:-1]):
        return None
    noun = parts[-1]
    return _index().get(("name", noun)) or _index().get(("name", noun.rstrip("0123456789")))


def _by_program(service: Service) -> Software | None:
    program = commandline.program(service)
    if not program:
        return None
    return _index().get(("program", program)) or _index().get(
        ("program", program.rstrip("0123456789."))
    )


def _by_port(service: Service) -> Software | None:
    """A `db` that answers on 5432 is PostgreSQL; an application on 8080 may be anything."""
    named = _by_name(service.name)
    if service.image is None and named:
        return named
    if not _ROLES & set(re.split(r"[-_.]", service.name.lower())):
        return None
    exposed = [int(port.partition("/")[0]) for port in service.expose if port[:1].isdigit()]
    for port in (*(port.target for port in service.ports), *exposed):
        if found := _index().get(("port", port)):
            return found
    return None


def _by_environment(service: Service) -> Software | None:
    """An application tells its language by the variables it is given."""
    for one in software().values():
        for variable in service.environment:
            if variable in one.variables:
                return one
    return None
