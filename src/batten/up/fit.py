"""What this machine cannot do as the files say, and what is done instead."""

import os
from pathlib import Path
from typing import Any

import msgspec

from batten.catalog.log_driver import loki_options
from batten.engine import Host
from batten.logs.install import NAME
from batten.model import Service, Stack

# Docker's own rotated driver: always there, never blocks on anything but the disk.
FALLBACK_DRIVER = "local"
_MODE = "non-blocking"
_NEVER_WAITS = {"mode": _MODE, "max-buffer-size": "4m"}
_INSTALLS = "; `batten logs install` installs it, then run this again"

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
        # JSON is YAML. The options of another log driver need no removing: Compose drops them.
        draft = file.with_suffix(".draft")
        draft.write_text(_NOTE + msgspec.json.format(msgspec.json.encode(self.overlay)).decode())
        draft.replace(file)
        return file


def fit(stack: Stack, host: Host, *, foreign_driver: bool = False) -> Fit:
    """Scale down CPU limits that no container could be created with; replace missing log drivers.

    With a `foreign_driver` in the place of Batten's, no service may wait for its log.
    """
    services: dict[str, dict[str, Any]] = {}
    notes: list[str] = []
    redirected: dict[str, int] = {}
    for name, service in stack.running_services.items():
        changes: dict[str, Any] = {}
        if service.cpu_limit and service.cpu_limit > host.cores:
            changes |= _cpus(service, host.cores)
            notes.append(
                f"`{name}` gets {host.cores} CPUs instead of {service.cpu_limit:g}: "
                "this host has no more"
            )
        driver = service.logging.driver if service.logging else None
        if driver and driver not in host.log_drivers:
            changes["logging"] = {"driver": FALLBACK_DRIVER}
            redirected[driver] = redirected.get(driver, 0) + 1
        elif foreign_driver and (loki_options(service) or _NEVER_WAITS).get("mode") != _MODE:
            changes["logging"] = {"driver": driver, "options": _NEVER_WAITS}
        if changes:
            services[name] = changes
    notes += [
        f"{count} services log to `{FALLBACK_DRIVER}` on this machine: "
        f"the engine has no log driver `{driver}`{_INSTALLS if driver == NAME else ''}"
        for driver, count in redirected.items()
    ]
    return Fit({"services": services} if services else {}, tuple(notes))


def _cpus(service: Service, cores: int) -> dict[str, Any]:
    if service.deploy.resources.limits.cpus is None:
        return {"cpus": cores}
    resources: dict[str, Any] = {"limits": {"cpus": str(cores)}}
    reserved = service.deploy.resources.reservations.cpus
    if reserved and reserved > cores:
        resources["reservations"] = {"cpus": str(cores)}
    return {"deploy": {"resources": resources}}


def _folder() -> Path:
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "batten"
