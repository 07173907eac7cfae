"""Compressing segments that nobody appends to any more."""

import contextlib
import os

from batten.driver.spool.segment import SEALED, Segment, compressed
from batten.driver.spool.stream import Stream

# Segments behind the open end that stay as they are: the shipper reads them next.
_FRESH = 4


def sealable(stream: Stream) -> Segment | None:
    """The oldest segment that is worth compressing.

    Those that were shipped are kept for `docker logs` only; those that Loki's absence has piled up
    take a quarter of the disk then. The open one never is, for the acceptor writes to it.
    """
    found = stream.segments()
    shipped = stream.shipped
    for number, segment in enumerate(found):
        behind = len(found) - 1 - number
        if segment.sealed or not behind:
            continue
        if found[number + 1].start <= shipped or behind > _FRESH:
            return segment
    return None


def seal(segment: Segment) -> None:
    """Put the compressed one in its place; whoever dies in the middle leaves the other."""
    sealed = segment.path.with_name(f"{segment.start:020d}{SEALED}")
    draft = sealed.with_suffix(".draft")
    with contextlib.suppress(FileNotFoundError):
        content = compressed(segment.path.read_bytes())
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(sealed)
        segment.path.unlink()
