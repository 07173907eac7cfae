"""The log options of a container: read, checked, with Grafana's meaning and defaults.

Standard library only, because the acceptor checks them while the engine waits.
"""

import difflib
import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from batten.driver import units
from batten.driver.labels import MAX_LABELS, LabelError, labels
from batten.driver.relabel import RelabelError, relabel, rules

T = TypeVar("T")

PUSH_PATH = "/loki/api/v1/push"
DEFAULT_MAX_SIZE = 10_000_000
DEFAULT_MAX_FILE = 3

# A push costs about as much as 1,000 lines: with fewer bytes than this it costs more than its lines.
_MIN_BATCH = 64 << 10
# Loki takes bursts of 6 MB by default, and what one push holds must fit.
_MAX_BATCH = 4 << 20

_KNOWN = frozenset(
    {
        "loki-url",
        "loki-external-labels",
        "loki-timeout",
        "loki-batch-wait",
        "loki-batch-size",
        "loki-min-backoff",
        "loki-max-backoff",
        "loki-retries",
        "loki-pipeline-stages",
        "loki-pipeline-stage-file",
        "loki-relabel-config",
        "loki-tenant-id",
        "loki-tls-ca-file",
        "loki-tls-cert-file",
        "loki-tls-key-file",
        "loki-tls-server-name",
        "loki-tls-insecure-skip-verify",
        "loki-proxy-url",
        "no-file",
        "keep-file",
        "max-size",
        "max-file",
        "labels",
        "labels-regex",
        "env",
        "env-regex",
        "mode",
        "max-buffer-size",
        "spool-full",
        "spool-max-size",
    }
)
_STAGES = ("loki-pipeline-stages", "loki-pipeline-stage-file")


class OptionError(ValueError):
    """Options a container cannot start with: which one, what is wrong with it, what to write."""


class TLS(NamedTuple):
    """Files and names of a TLS connection; paths are those the driver sees."""

    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    server_name: str = ""
    skip_verify: bool = False


class Options(NamedTuple):
    """What a container asked for. Seconds and bytes; `url` carries no credentials."""

    url: str
    user: str
    password: str
    tenant: str
    timeout_s: float
    batch_wait_s: float
    batch_size: int
    min_backoff_s: float
    max_backoff_s: float
    retries: int
    tls: TLS
    proxy: str
    labels: Mapping[str, str]
    no_file: bool
    keep_file: bool
    max_size: int
    max_file: int
    spool_full: str
    spool_max_bytes: int | None
    notes: tuple[str, ...]  # what is done differently from what was written, for the status

    def __repr__(self) -> str:
        """Without the secrets that `user`, `password` and `proxy` may hold."""
        return f"Options(url={self.url!r}, labels={dict(self.labels)!r})"


def parse(
    config: Mapping[str, str], info: Mapping[str, Any], *, max_labels: int = MAX_LABELS
) -> Options:
    """The options in `config` for the container in `info`, both as the engine sends them.

    Everything wrong raises OptionError, whose message is what the person who started the container
    sees. `max_labels` counts `source` too.
    """
    _refuse_unknown(config)
    notes: list[str] = []
    read = _Reader(config)
    address = read.url(notes)
    backoff = read.value("loki-min-backoff", units.seconds, 0.5, _DURATION)
    return Options(
        url=address.geturl(),
        user=unquote(read.parts.username or ""),
        password=unquote(read.parts.password or ""),
        tenant=config.get("loki-tenant-id", ""),
        timeout_s=read.positive("loki-timeout", units.seconds, 10.0, _DURATION),
        batch_wait_s=read.value("loki-batch-wait", units.seconds, 1.0, _DURATION),
        batch_size=_batch_size(read, notes),
        min_backoff_s=max(backoff, 0.05),
        max_backoff_s=max(
            read.value("loki-max-backoff", units.seconds, 10.0, _DURATION), backoff, 0.05
        ),
        retries=read.value("loki-retries", _count, 10, "a number, such as `10`"),
        tls=_tls(read),
        proxy=_proxy(config),
        labels=_labels(config, info, max_labels),
        no_file=read.truth("no-file"),
        keep_file=read.truth("keep-file"),
        max_size=read.positive("max-size", units.size, DEFAULT_MAX_SIZE, _SIZE),
        max_file=read.positive("max-file", _count, DEFAULT_MAX_FILE, "a number, such as `3`"),
        spool_full=_spool_full(config),
        spool_max_bytes=_spool_max_bytes(read),
        notes=tuple(notes),
    )


_DURATION = "a duration, such as `500ms`, `10s` or `5m`"
_SIZE = "a size, such as `10m` or `1g`"


class _Reader:
    """Values by name; what cannot be read names the option, never a secret."""

    def __init__(self, config: Mapping[str, str]) -> None:
        self.config = config
        self.parts = _split("loki-url", config.get("loki-url", ""))

    def value(self, name: str, read: Callable[[str], T], default: T, wanted: str) -> T:
        text = self.config.get(name, "")
        if not text:
            return default
        try:
            return read(text)
        except ValueError as wrong:
            raise OptionError(f"`{name}` is `{text}`: write {wanted}") from wrong

    def positive(self, name: str, read: Callable[[str], T], default: T, wanted: str) -> T:
        found = self.value(name, read, default, wanted)
        if isinstance(found, int | float) and found <= 0:
            raise OptionError(f"`{name}` is `{self.config[name]}`: write {wanted}, above zero")
        return found

    def truth(self, name: str) -> bool:
        return self.value(name, units.truth, default=False, wanted="`true` or `false`")

    def url(self, notes: list[str]) -> SplitResult:
        path = self.parts.path
        if path in {"", "/"}:
            path = PUSH_PATH
            notes.append(f"`loki-url` has no path: `{PUSH_PATH}` is used")
        return self.parts._replace(netloc=self.parts.netloc.rpartition("@")[2], path=path)


def _refuse_unknown(config: Mapping[str, str]) -> None:
    for name in config:
        if name in _STAGES and config[name]:
            raise OptionError(
                f"`{name}` is not supported: lines are shipped as they were written; parse them in "
                "LogQL when they are read, or take the stages out and run Grafana Alloy beside Loki"
            )
        if name not in _KNOWN and not name.startswith("cache-"):
            near = difflib.get_close_matches(name, _KNOWN, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"known are {_list(_KNOWN)}"
            raise OptionError(f"`{name}` is no option of this log driver: {hint}")


def _split(name: str, text: str) -> SplitResult:
    """The parts of an address; the message leaves its text out, which may hold a password."""
    wanted = "write an address such as `http://loki:3100/loki/api/v1/push`"
    if not text:
        raise OptionError(f"`{name}` is missing: {wanted}")
    try:
        parts = urlsplit(text)
        valid = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError as wrong:
        raise OptionError(f"`{name}` is no address: {wanted}") from wrong
    if not valid:
        raise OptionError(f"`{name}` is no http:// or https:// address: {wanted}")
    return parts


def _batch_size(read: _Reader, notes: list[str]) -> int:
    asked = read.positive(
        "loki-batch-size", _count, 1 << 20, "a number of bytes, such as `1048576`"
    )
    used = min(max(asked, _MIN_BATCH), _MAX_BATCH)
    if used != asked:
        why = "it counts bytes, not lines" if asked < used else "Loki refuses pushes that large"
        notes.append(f"`loki-batch-size` is {asked}: {used} is used, because {why}")
    return used


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(text)
    return int(text)


def _tls(read: _Reader) -> TLS:
    config = read.config
    tls = TLS(
        ca_file=config.get("loki-tls-ca-file", ""),
        cert_file=config.get("loki-tls-cert-file", ""),
        key_file=config.get("loki-tls-key-file", ""),
        server_name=config.get("loki-tls-server-name", ""),
        skip_verify=read.truth("loki-tls-insecure-skip-verify"),
    )
    if bool(tls.cert_file) != bool(tls.key_file):
        raise OptionError(
            "`loki-tls-cert-file` and `loki-tls-key-file` belong together: write both"
        )
    for name, path in zip(("ca", "cert", "key"), tls, strict=False):
        if path and not os.access(str(path), os.R_OK):
            raise OptionError(
                f"`loki-tls-{name}-file` is `{path}`, which the driver cannot read: "
                "it must lie where the driver runs"
            )
    return tls


def _proxy(config: Mapping[str, str]) -> str:
    text = config.get("loki-proxy-url", "")
    return _split("loki-proxy-url", text).geturl() if text else ""


def _labels(config: Mapping[str, str], info: Mapping[str, Any], most: int) -> Mapping[str, str]:
    try:
        found = labels(config, info)
        if text := config.get("loki-relabel-config"):
            found = relabel(found, rules(text))
    except LabelError as wrong:
        raise OptionError(str(wrong)) from wrong
    except RelabelError as wrong:
        raise OptionError(f"`loki-relabel-config` {wrong}") from wrong
    if len(found) + 1 > most:
        raise OptionError(
            f"{len(found) + 1} labels are more than the {most} that Loki takes for a stream "
            f"({_list([*found, 'source'])}): take some out of `loki-external-labels`, `labels` or `env`"
        )
    return found


def _spool_full(config: Mapping[str, str]) -> str:
    text = config.get("spool-full", "") or "drop-oldest"
    if text not in {"drop-oldest", "block"}:
        raise OptionError(f"`spool-full` is `{text}`: write `drop-oldest` or `block`")
    return text


def _spool_max_bytes(read: _Reader) -> int | None:
    if not read.config.get("spool-max-size"):
        return None
    return read.positive("spool-max-size", units.size, 0, _SIZE)


def _list(names: Any) -> str:  # noqa: ANN401 - any names
    return ", ".join(f"`{name}`" for name in sorted(names))
