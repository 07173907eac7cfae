"""Where a service keeps its data."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from batten.catalog import commandline
from batten.check.service import Service
from batten.model import Mount


def data_mounts(service: Service) -> Iterator[Mount]:
    """The mounts that hold the data of software which has any; single files are none."""
    if service.software.durable(service):
        for mount in service.volumes:
            is_file = bool(PurePosixPath(mount.target).suffix)
            if mount.type != "tmpfs" and not is_file and service.software.is_data(mount.target):
                yield mount


def is_mounted(service: Service) -> bool:
    """Whether anything was decided about where its data is; in memory is a decision, too."""
    if service.software.has_config_file(service) and any(map(_may_be_data, service.volumes)):
        return True
    targets = {mount.target for mount in service.volumes}
    targets |= {target.partition(":")[0] for target in service.tmpfs}
    given = [path for target in targets for path in _named(service) if _is_in(path, target)]
    return (
        bool(given)
        or any(service.software.is_data(target) for target in targets)
        or bool(service.versions("volumes_from"))
    )


def _may_be_data(mount: Mount) -> bool:
    """Where a file out of sight says which folder it is, any that can be written to may be it."""
    return not mount.read_only and not PurePosixPath(mount.target).suffix


def folder(service: Service, mount: Mount) -> str:
    """The part of a mount that is used, where the environment or the command names one."""
    inside = [path for path in _named(service) if _is_in(path, mount.target)]
    return min(inside)[len(mount.target.rstrip("/")) :].strip("/") if inside else ""


def _named(service: Service) -> Iterator[str]:
    """Paths that its environment and its command name."""
    values = (*service.environment.values(), *commandline.words(service))
    for value in values:
        path = (value or "").rpartition("=")[2]
        if path.startswith("/"):
            yield path


def _is_in(path: str, target: str) -> bool:
    beginning, braces, _ = path.partition("{")
    if braces:  # `/data{1...4}` is four of them
        return target.startswith(beginning)
    return f"{path.rstrip('/')}/".startswith(f"{target.rstrip('/')}/") and target != "/"
