"""The image that a service's own image is built on."""

import re
from pathlib import Path

from batten.model.build import Build

_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_USER = re.compile(r"^\s*USER\s+\S", re.IGNORECASE)
_ARG = re.compile(r"^\s*ARG\s+(\w+)=[\"']?([^\s\"']+)", re.IGNORECASE)


def base_image(build: Build) -> str | None:
    """What the last (or target) stage stands on; None where the Dockerfile does not say."""
    stages: dict[str, str] = {}
    arguments: dict[str, str] = {}
    last = None
    for line in text(build).splitlines():
        if argument := _ARG.match(line):
            arguments[argument[1]] = (build.args.get(argument[1]) or None) or argument[2]
        if match := _FROM.match(line):
            image = _filled(match[1], arguments)
            last = stages.get(image.lower(), image)
            stages[(match[2] or str(len(stages))).lower()] = last
    found = stages.get(build.target.lower()) if build.target else last
    return None if found is None or "$" in found or found == "scratch" else found


def names_user(build: Build) -> bool:
    """Whether it says which user starts, in whichever of its stages; root too is a decision."""
    return any(_USER.match(line) for line in text(build).splitlines())


def text(build: Build) -> str:
    """The Dockerfile; nothing where it cannot be read."""
    if build.dockerfile_inline:
        return build.dockerfile_inline
    file = Path(build.context) / build.dockerfile
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return ""


def _filled(text: str, arguments: dict[str, str]) -> str:
    return re.sub(
        r"\$\{?(\w+)(?::?-([^}]*))?\}?",
        lambda found: arguments.get(found[1]) or found[2] or found[0],
        text,
    )
