"""The folder an image is built from, as the engine wants it: a tar."""

import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO


def context_files(folder: Path, dockerfile: str) -> list[str]:
    """The files of a build context, relative and sorted; `.dockerignore` is honoured."""
    from docker.utils.build import exclude_paths

    ignore = folder / ".dockerignore"
    patterns = ignore.read_text(encoding="utf-8").splitlines() if ignore.is_file() else []
    wanted = [line.strip() for line in patterns if line.strip() and not line.startswith("#")]
    found = exclude_paths(str(folder), wanted, dockerfile=dockerfile)
    return sorted(name for name in found if not (folder / name).is_dir())


def context_tar(folder: Path, files: Iterable[str], extra: Iterable[tuple[str, Path]]) -> IO[bytes]:
    """A tar of `files`, and of `extra` files under other names, rewound; on disk where it is large.

    Owners and times are left out: they are no input of the image.
    """
    spool = tempfile.SpooledTemporaryFile(max_size=16 << 20)  # noqa: SIM115  # the caller closes it
    with tarfile.open(fileobj=spool, mode="w") as tar:
        for name in files:
            tar.add(folder / name, arcname=name, recursive=False, filter=_anonymous)
        for name, path in extra:
            tar.add(path, arcname=name, recursive=False, filter=_anonymous)
    spool.seek(0)
    return spool


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry
