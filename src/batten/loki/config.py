"""Loki's own configuration file, as far as this server honours it.

A key that is known and honoured is used, one that has no meaning here is listed in `ignored` and
said at the start, and a value that cannot be read is an error that names the key.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml

from batten.loki.limits import MB, SECOND, Limits

UNITS = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "ms": 10**6,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
    "d": 86400 * SECOND,
    "w": 7 * 86400 * SECOND,
    "y": 365 * 86400 * SECOND,
}
SIZES = {"": 1, "b": 1, "kb": 1 << 10, "mb": MB, "gb": 1 << 30, "tb": 1 << 40}
DURATIONS = frozenset(
    [
        "reject_old_samples_max_age",
        "creation_grace_period",
        "max_query_length",
        "max_query_lookback",
        "max_query_range",
        "query_timeout",
        "retention_period",
        "max_chunk_age",
        "chunk_idle_period",
    ]
)
SIZED = frozenset(
    [
        "per_stream_rate_limit",
        "per_stream_rate_limit_burst",
        "max_line_size",
        "max_structured_metadata_size",
    ]
)
OF_INGESTER = frozenset({"max_chunk_age", "chunk_idle_period"})


class ConfigError(Exception):
    """The configuration file cannot be used: where, what was wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the server runs with."""

    host: str = ""
    port: int = 3100
    path: Path = Path("/loki")
    limits: Limits = field(default_factory=Limits)
    max_recv_bytes: int = 100 * MB
    max_concurrent: int = 4
    log_level: str = "info"
    ignored: tuple[str, ...] = ()


def read(file: Path) -> Config:
    """Read Loki's YAML; a file that is absent, no YAML or unusable is a `ConfigError`."""
    try:
        text = file.read_text(encoding="utf-8")
        document = yaml.safe_load(text) or {}
    except OSError as error:
        raise ConfigError(f"`{file}` cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"`{file}` is no YAML: {error}") from error
    if not isinstance(document, dict):
        raise ConfigError(f"`{file}` holds no settings; write them as `section: {{key: value}}`")
    return parse(document)


def parse(document: Mapping[str, Any]) -> Config:
    """Turn Loki's settings into ours."""
    given = dict(_flat(document))
    taken: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    ignored = []
    for key, value in given.items():
        if name := _limit(key):
            limits[name] = _converted(key, name, value)
        elif key in SETTINGS:
            taken |= _setting(key, value)
        else:
            ignored.append(key)
    if not given.get("compactor.retention_enabled", False):
        limits["retention_period"] = 0
    return replace(
        Config(), limits=replace(Limits(), **limits), ignored=tuple(sorted(ignored)), **taken
    )


def _flat(section: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in section.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _limit(key: str) -> str | None:
    section, _, name = key.rpartition(".")
    known = {one.name for one in fields(Limits)} - OF_INGESTER
    if (section == "limits_config" and name in known) or (
        section == "ingester" and name in OF_INGESTER
    ):
        return name
    return None


def _converted(key: str, name: str, value: Any) -> Any:  # noqa: ANN401 - YAML holds anything
    if name in DURATIONS:
        return duration(value, key)
    if name in SIZED:
        return size(value, key)
    default = getattr(Limits(), name)
    if isinstance(default, tuple):
        return tuple(str(one) for one in value or ())
    kind = type(default)
    if kind is bool and not isinstance(value, bool):
        raise ConfigError(f"`{key}: {value}` is neither `true` nor `false`")
    return _number(key, value, kind) if kind is not bool else value


def _number(key: str, value: Any, kind: Callable[[Any], Any]) -> Any:  # noqa: ANN401
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise ConfigError(f"`{key}: {value}` is no number") from None


def duration(value: object, key: str) -> int:
    """Nanoseconds of `1h30m`, `720h`, `30d` or `0`."""
    text = str(value)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d|w|y)", text)
    if text != "0" and (not parts or "".join(n + u for n, u in parts) != text):
        raise ConfigError(f"`{key}: {text}` is no duration; write it as `720h` or `1h30m`")
    return int(sum(float(number) * UNITS[unit] for number, unit in parts))


def size(value: object, key: str) -> int:
    """Bytes of `256KB`, `16MB` or `1048576`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?b)?", str(value).strip().lower())
    if not match:
        raise ConfigError(f"`{key}: {value}` is no size; write it as `256KB` or in bytes")
    return int(float(match[1]) * SIZES[match[2] or ""])


def _whole(name: str) -> Callable[[str, Any], dict[str, Any]]:
    return lambda key, value: {name: _number(key, value, int)}


def _no_tenants(key: str, value: object) -> dict[str, Any]:
    if value:
        raise ConfigError(
            f"`{key}: true` needs several tenants and this server has one; set it to `false`, "
            "or use an image of Loki itself"
        )
    return {}


SETTINGS: dict[str, Callable[[str, Any], dict[str, Any]]] = {
    "auth_enabled": _no_tenants,
    "server.http_listen_address": lambda _, value: {"host": str(value)},
    "server.http_listen_port": _whole("port"),
    "server.log_level": lambda _, value: {"log_level": str(value)},
    "common.path_prefix": lambda _, value: {"path": Path(value)},
    "distributor.max_recv_msg_size": _whole("max_recv_bytes"),
    "querier.max_concurrent": _whole("max_concurrent"),
    "compactor.retention_enabled": lambda _key, _value: {},
}


def _setting(key: str, value: Any) -> dict[str, Any]:  # noqa: ANN401
    return SETTINGS[key](key, value)
