"""The base as it was written: words with their variables unread."""

import re
from pathlib import Path

from batten.catalog import commandline
from batten.check import Service

# A configuration file is not larger; what is, is data.
_VARIABLE = re.compile(r"(?<!\$)\$[{\w]")
_LARGEST = 1 << 20
_MANY = 200


def command(service: Service) -> tuple[str, ...] | None:
    """The command's words as its file has them (one word: a line for a shell's rules).

    None where there is none, or where its notation hides behind a variable what it says.
    """
    versions = service.versions("command")
    if not versions or not service.command:
        return None
    return versions[0].words or None


def raw(service: Service, *path: str) -> str | None:
    """A value with its variables unread; None where no file has it."""
    versions = service.versions(*path)
    return versions[0].text if versions else None


def variable(service: Service, name: str) -> str | None:
    """A variable of the environment, as far as it is no secret in plain sight.

    Secrets are repeated only where the base takes them from a variable itself.
    """
    found = raw(service, "environment", name)
    if found is not None and found in {"", "~", "null", name}:
        return f"${{{name}:-}}"  # passed through from the host
    known = {one.variable for one in service.software.secrets}
    if found and name in known and not _VARIABLE.search(found):
        return None
    return found


def settings_elsewhere(service: Service) -> str | None:
    """All text of its configuration files; None where one of them cannot be seen from here."""
    if not service.software.has_config_file(service):
        return ""
    found = [
        _text(Path(mount.source))
        for mount in service.volumes
        if mount.source and mount.type == "bind"
    ]
    found += [item.text for item in service.stack.sources.entries(("configs",))]
    seen = [text for text in found if text]
    return "\n".join(seen) or None


def starts_itself(service: Service) -> bool:
    """Whether flags behind its command reach the program that the catalog knows."""
    known = service.software
    if service.entrypoint is not None or commandline.runs_script(service):
        return False
    if service.command is None:
        return bool(known.starts) and is_known(service)
    first = service.command[0].rpartition("/")[2]
    return first in known.programs or (first.startswith("-") and is_known(service))


def is_known(service: Service) -> bool:
    """Whether its image is one whose inside the catalog has an entry for."""
    image = service.reference
    if image is None or service.build is not None:
        return False
    inside = service.software.inside(image)
    return bool(inside.has or inside.lacks or inside.only)


def _text(place: Path) -> str:
    try:
        files = [place] if place.is_file() else sorted(place.rglob("*"))[:_MANY]
        return "\n".join(
            file.read_text(encoding="utf-8", errors="replace")
            for file in files
            if file.is_file() and file.stat().st_size <= _LARGEST
        )
    except OSError:
        return ""
