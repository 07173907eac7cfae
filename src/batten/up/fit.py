"""What this machine cannot do as the files say, and what is done instead."""

import os
from pathlib import Path
from typing import Any

import msgspec

from batten.engine import Host
from batten.model import Service, Stack

# Docker's own rotated driver: always there, never blocks on anything but the disk.
FALLBACK_DRIVER = "local"

_NOTE = "# Written by `batten up`: what this machine cannot do as the stack's files say. Not to be edited.\n"


class Fit(msgspec.Struct, frozen=True):
    """An overlay that makes a stack startable on one host, and what to tell about it."""

    overlay: dict[str, Any]
    notes: tuple[str, ...]

    def write(self, project: str) -> Path | None:
        """Write the overlay, or remove the one of an earlier start where nothing has to be fitted."""
        file = _folder() / project / "compose.fit.yaml"
        if not self.overlay:
            file.unlink(missing_ok=True)
            return None
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # JSON is YAML, but `!override` is not JSON: options of another driver must not stay.
        text = msgspec.json.format(msgspec.json.encode(self.overlay)).decode()
        draft = file.with_suffix(".draft")
        draft.write_text(_NOTE + text.replace('"logging":', '"logging": !override'))
        draft.replace(file)
        return file


def fit(stack: Stack, host: Host) -> Fit:
    """Scale down CPU limits that no container could be created with; replace missing log drivers."""
    services: dict[str, dict[str, Any]] = {}
    notes: list[str] = []
    for name, service in stack.running_services.items():
        changes: dict[str, Any] = {}
        if service.cpu_limit and service.cpu_limit > host.cores:
            changes |= _cpus(service, host.cores)
            notes.append(
                f"`{name}` gets {host.cores} CPUs instead of {service.cpu_limit:g}: "
                "this host has no more"
            )
        if _driver(service) and _driver(service) not in host.log_drivers:
            changes["logging"] = {"driver": FALLBACK_DRIVER}
        if changes:
            services[name] = changes
    notes += _missing_drivers(stack, host)
    return Fit({"services": services} if services else {}, tuple(notes))


def _cpus(service: Service, cores: int) -> dict[str, Any]:
    if service.deploy.resources.limits.cpus is None:
        return {"cpus": cores}
    resources: dict[str, Any] = {"limits": {"cpus": str(cores)}}
    reserved = service.deploy.resources.reservations.cpus
    if reserved and reserved > cores:
        resources["reservations"] = {"cpus": str(cores)}
    return {"deploy": {"resources": resources}}


def _driver(service: Service) -> str | None:
    return service.logging.driver if service.logging else None


def _missing_drivers(stack: Stack, host: Host) -> list[str]:
    wanted: dict[str, list[str]] = {}
    for name, service in stack.running_services.items():
        driver = _driver(service)
        if driver and driver not in host.log_drivers:
            wanted.setdefault(driver, []).append(name)
    return [
        f"{len(names)} services log to `{FALLBACK_DRIVER}` on this machine and not to Loki: "
        f"the engine has no log driver `{driver}`"
        if driver == "loki"
        else f"{len(names)} services log to `{FALLBACK_DRIVER}`: "
        f"the engine has no log driver `{driver}`"
        for driver, names in wanted.items()
    ]


def _folder() -> Path:
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "batten"
