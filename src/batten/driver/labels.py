"""The labels of a container's Loki stream, the same as Grafana's driver attaches.

`source` (`stdout` or `stderr`) is added later, because it differs from line to line.
"""

import re
import socket
from collections.abc import Iterator, Mapping
from typing import Any

from batten.driver.template import TemplateError, fields, fill

# What Loki allows by default: `max_label_names_per_series` and `max_label_value_length`.
MAX_LABELS = 15
MAX_VALUE_BYTES = 2048

DEFAULT = "container_name={{.Name}}"
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_SERVICES = {
    "com.docker.swarm.service.name": "swarm_service",
    "com.docker.stack.namespace": "swarm_stack",
    "com.docker.compose.service": "compose_service",
    "com.docker.compose.project": "compose_project",
}


class LabelError(ValueError):
    """Labels that cannot be made; the message names the option and what to write instead."""


def labels(config: Mapping[str, str], info: Mapping[str, Any]) -> dict[str, str]:
    """Name and value of each label but `source`, in the order in which a later one replaces."""
    found = dict(_external(config.get("loki-external-labels", DEFAULT), info))
    found.update(_extra(config, info))
    held = info.get("ContainerLabels") or {}
    found.update({name: held[key] for key, name in _SERVICES.items() if held.get(key)})
    found["host"] = socket.gethostname()
    found["filename"] = f"/var/log/docker/{info.get('ContainerID', '')}/json.log"
    return {name: _shortened(value) for name, value in found.items() if value}


def selector(found: Mapping[str, str]) -> str:
    """The labels as Loki's push takes them: `{a="1", b="2"}`, sorted by name."""
    return "{" + ", ".join(f'{name}="{_escaped(found[name])}"' for name in sorted(found)) + "}"


def _external(text: str, info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    known = fields(info)
    for pair in text.split(","):
        name, equals, value = pair.partition("=")
        if not equals or "=" in value:
            raise LabelError(
                f"`loki-external-labels` has `{pair}`, which is not `name=value`: "
                "separate labels with commas, and use neither `=` nor `,` in a value"
            )
        if not _NAME.fullmatch(name):
            raise LabelError(
                f"`loki-external-labels` has the name `{name}`, which Loki does not take: "
                "use letters, digits and `_`, no digit first"
            )
        try:
            yield name, fill(value, known)
        except TemplateError as wrong:
            raise LabelError(f"`loki-external-labels`: {wrong}") from wrong


def _extra(config: Mapping[str, str], info: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    held = info.get("ContainerLabels") or {}
    variables = dict(pair.split("=", 1) for pair in info.get("ContainerEnv") or [] if "=" in pair)
    for option, source in (("labels", held), ("env", variables)):
        for key in config.get(option, "").split(","):
            if key in source:
                yield _sanitised(key), source[key]
        if pattern := config.get(f"{option}-regex"):
            try:
                wanted = re.compile(pattern)
            except re.error as wrong:
                raise LabelError(f"`{option}-regex` is no regular expression: {wrong}") from wrong
            yield from ((_sanitised(key), source[key]) for key in source if wanted.search(key))


def _sanitised(key: str) -> str:
    """A name that Loki takes. Grafana's driver does `.` and `-`; anything else is refused by Loki."""
    name = re.sub(r"[^a-zA-Z0-9_]", "_", key)
    return f"_{name}" if name[:1].isdigit() else name


def _shortened(value: str) -> str:
    return value.encode(errors="replace")[:MAX_VALUE_BYTES].decode(errors="ignore")


def _escaped(value: str) -> str:
    """A value as a string of Go's syntax, which is what Loki parses labels with."""
    plain = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", plain)
