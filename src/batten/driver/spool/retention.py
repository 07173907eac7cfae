"""Removing what Loki has and `docker logs` needs no more."""

import contextlib
from itertools import pairwise
from typing import Protocol

from batten.driver.spool.stream import START, Stream


class Kept(Protocol):
    """What a container's options say about its files."""

    @property
    def max_size(self) -> int:
        """Bytes of one file, as in `json-file`."""

    @property
    def max_file(self) -> int:
        """How many of them."""

    @property
    def no_file(self) -> bool:
        """Nothing is kept once it was shipped."""

    @property
    def keep_file(self) -> bool:
        """A stopped container's are kept too."""


def retain(stream: Stream, options: Kept, *, exists: bool | None) -> bool:
    """Remove segments that were shipped and are too old to be kept; True where the stream went.

    `exists`: whether the engine still has the container, None where nobody could say.
    """
    stopped, shipped = stream.stopped, stream.shipped
    found = stream.segments()
    end = found[-1].end if found else 0
    kept = 0 if options.no_file else options.max_size * options.max_file
    if stopped and shipped >= end and (not options.keep_file or not kept or exists is False):
        remove(stream)
        return True
    for segment, following in pairwise(found):
        if following.start <= min(shipped, end - kept):
            with contextlib.suppress(FileNotFoundError):
                segment.path.unlink()
    return False


def remove(stream: Stream) -> None:
    """Remove a stream; what makes it one goes first."""
    with contextlib.suppress(FileNotFoundError):
        (stream.folder / START).unlink(missing_ok=True)
        for file in stream.folder.iterdir():
            file.unlink(missing_ok=True)
        stream.folder.rmdir()
