"""A time range cut into pieces of so many lines, in the order in which a query wants them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from batten.loki.store.index import MINUTE, MINUTES


class Slice(NamedTuple):
    """A piece of one day: `start` inclusive, `end` exclusive, in nanoseconds."""

    day: int
    start: int
    end: int


class Pace(NamedTuple):
    """How many lines a piece may have: the first, by how much the next grows, and the most."""

    first: int
    growth: int
    most: int


def cut(
    minutes: Sequence[tuple[int, int]], start: int, end: int, pace: Pace, *, backward: bool
) -> Iterator[Slice]:
    """Cut [start, end) into pieces, the newest first with `backward`.

    `minutes` are those that have lines, oldest first, as (number from the epoch, lines). Within a
    minute lines are taken to be spread evenly.
    """
    size = pace.first
    held = 0
    piece: Slice | None = None
    for part, count in _parts(reversed(minutes) if backward else minutes, pace.most, backward):
        if piece and (held >= size or part.day != piece.day):
            yield piece
            size, held, piece = min(size * pace.growth, pace.most), 0, None
        piece = _joined(piece, part)
        held += count
        clipped = Slice(piece.day, max(piece.start, start), min(piece.end, end))
        piece = clipped
    if piece:
        yield piece


def _parts(
    minutes: Iterable[tuple[int, int]],
    most: int,
    backward: bool,  # noqa: FBT001 - see `cut`
) -> Iterator[tuple[Slice, int]]:
    """Each minute, in several parts where it has more than `most` lines."""
    for minute, count in minutes:
        number = max(1, -(-count // most))
        width = -(-MINUTE // number)
        begin = minute * MINUTE
        for i in reversed(range(number)) if backward else range(number):
            low = begin + i * width
            yield Slice(minute // MINUTES, low, min(low + width, begin + MINUTE)), count // number


def _joined(piece: Slice | None, part: Slice) -> Slice:
    if piece is None:
        return part
    return Slice(piece.day, min(piece.start, part.start), max(piece.end, part.end))
