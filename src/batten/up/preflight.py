"""Everything that can be known to go wrong before anything is touched."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from batten.compose import Project, Sources
from batten.engine import Container, Engine, Host, listeners
from batten.model import Port, Position, Service, Stack
from batten.up.problem import Problem

GIB = 1 << 30
# What the engine needs beside images and volumes: logs, layers of containers, a database's first WAL.
FREE_DISK = 2 * GIB


def preflight(
    engine: Engine, host: Host, project: Project, stack: Stack, images_size: int
) -> Iterator[Problem]:
    """Look at this host with the eyes of `stack`; `images_size` is in bytes and yet to come."""
    sources = Sources(project.files)
    yield from _ports(engine, host, stack, sources)
    yield from _memory(host, stack, sources)
    yield from _disk(host, images_size)
    yield from _bind_sources(host, stack, sources)


def _ports(engine: Engine, host: Host, stack: Stack, sources: Sources) -> Iterator[Problem]:
    asked = {
        (port.number, port.protocol): (service, port)
        for service in stack.running_services.values()
        for port in service.ports
        if port.number
    }
    containers = engine.holders() if asked else {}
    found = listeners(number for number, _ in asked) if asked and host.local else {}
    for (number, protocol), (service, port) in asked.items():
        container = containers.get((number, protocol))
        if container and container.project == stack.name:
            continue
        holder = found.get((number, protocol))
        if container is None and (holder is None or not holder.covers(port.host_ip)):
            continue
        at, name = _written(sources, service, port)
        yield Problem(
            f"port {number} of `{service.name}` is held by {_holder(container, holder)}",
            hint="stop it, or publish another port" + (f": `{name}=…`" if name else ""),
            at=at,
        )


def _holder(container: Container | None, listener: object) -> str:
    if container is None:
        return str(listener)
    where = f" of the stack `{container.project}`" if container.project else ""
    return f"the container `{container.name}`{where}"


def _written(sources: Sources, service: Service, port: Port) -> tuple[Position | None, str | None]:
    """Where a port is published, and the variable that decides on which, if one does."""
    path = ("services", service.name, "ports")
    for position, text in sources.items(path):
        if re.search(rf"\b{port.target}\b", text):
            variable = re.search(r"\$\{?(\w+)", text)
            return position, variable[1] if variable else None
    return sources.nearest(path), None


def _memory(host: Host, stack: Stack, sources: Sources) -> Iterator[Problem]:
    services = stack.running_services.values()
    reserved = sum((one.memory_reservation or 0) * one.replicas for one in services)
    if reserved > host.memory:
        yield Problem(
            f"the stack reserves {reserved / GIB:.1f} GiB of memory, "
            f"this host has {host.memory / GIB:.1f} GiB",
            hint="reserve less (each figure is a variable in the overlay), or take a larger host",
            at=Position(sources.files[-1]),
        )
    for service in services:
        if (service.memory_limit or 0) > host.memory:
            yield Problem(
                f"`{service.name}` may use {(service.memory_limit or 0) / GIB:.1f} GiB, "
                f"more than this host has ({host.memory / GIB:.1f} GiB): its limit limits nothing",
                hint="set a limit below the host's memory",
                at=sources.nearest(
                    ("services", service.name, "deploy", "resources", "limits", "memory")
                ),
                is_warning=True,
            )
    limits = sum((one.memory_limit or 0) * one.replicas for one in services)
    if reserved <= host.memory < limits:
        yield Problem(
            f"the limits add up to {limits / GIB:.1f} GiB, this host has "
            f"{host.memory / GIB:.1f} GiB: services that all fill theirs will not fit",
            hint="take a larger host, or lower limits",
            is_warning=True,
        )


def _disk(host: Host, images_size: int) -> Iterator[Problem]:
    if not host.local:
        return
    folder = _existing(host.root_dir)
    free, needed = shutil.disk_usage(folder).free, FREE_DISK + images_size
    if free < needed:
        yield Problem(
            f"`{folder}` has {free / GIB:.1f} GiB free, the stack needs {needed / GIB:.1f} GiB "
            "to start",
            hint="free some room; `docker system df` shows what the engine could give back",
        )


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _bind_sources(host: Host, stack: Stack, sources: Sources) -> Iterator[Problem]:
    """The engine would make an empty folder of a configuration file that is not there."""
    for service in stack.running_services.values() if host.local else ():
        for mount in service.volumes:
            if mount.type == "bind" and mount.source and not Path(mount.source).exists():
                yield Problem(
                    f"`{service.name}` mounts `{mount.source}`, which is not there",
                    hint="make it, or mend the path; the engine would put an empty folder there",
                    at=_mounted(sources, service, mount.target),
                )


def _mounted(sources: Sources, service: Service, target: str) -> Position | None:
    path = ("services", service.name, "volumes")
    written = (position for position, text in sources.items(path) if target in text)
    return next(written, None) or sources.nearest(path)
