"""Bytes that were removed before they were shipped, and the record of them beside the stream."""

import contextlib
import json
import time
from pathlib import Path
from typing import NamedTuple

FILE = "drops.jsonl"


class Drop(NamedTuple):
    """The bytes from `begin` to `end` of a stream are gone, and `lines` entries with them.

    `why` is `quota` or `disk-full`.
    """

    begin: int
    end: int
    lines: int
    why: str
    at_ns: int


def record(folder: Path, begin: int, end: int, lines: int, why: str) -> None:
    """Tell of a drop; raise OSError where even that finds no room."""
    drop = Drop(begin, end, lines, why, time.time_ns())
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(drop._asdict()) + "\n")


def drops(folder: Path) -> list[Drop]:
    """What was dropped of a stream, in the order of its bytes.

    A drop that was told twice, because its process died in the middle, counts once.
    """
    found: dict[int, Drop] = {}
    with contextlib.suppress(FileNotFoundError):
        for line in (folder / FILE).read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError, TypeError):
                drop = Drop(**json.loads(line))
                found[drop.begin] = drop
    return [found[begin] for begin in sorted(found)]
