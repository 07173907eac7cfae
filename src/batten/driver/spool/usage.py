"""What the spool takes on the disk."""

import contextlib
import os
from pathlib import Path

from batten.driver.spool.stream import Stream


def disk_bytes(stream: Stream) -> int:
    """Bytes that a stream's segments take."""
    total = 0
    for segment in stream.segments():
        with contextlib.suppress(FileNotFoundError):
            total += segment.path.stat().st_size
    return total


def unshipped_bytes(stream: Stream) -> int:
    """Bytes that segments take of which Loki has not everything."""
    total, shipped = 0, stream.shipped
    with contextlib.suppress(FileNotFoundError):
        for segment in stream.segments():
            if segment.end > shipped:
                total += segment.path.stat().st_size
    return total


def free_bytes(folder: Path) -> int:
    """Bytes that the disk below `folder` still takes from us."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
