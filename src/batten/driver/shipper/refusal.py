"""Which lines of a push Loki refused, and why.

A 400 is partial: Loki has stored the good lines. Where its words say which ones are bad, those are
set aside at once; otherwise the push is halved until single lines are left. What is pushed again
meanwhile, Loki knows already and keeps once.
"""

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from batten.driver.shipper import wire

# Entries by source, as pieces of `wire`.
Part = dict[str, list[bytes]]
_TOO_LONG = re.compile(r"max entry size '(\d+)' bytes exceeded")
_OLDEST = re.compile(r"oldest acceptable timestamp is: ([^\s,']+)")
_TOO_NEW = "has timestamp too new"
# Loki's `creation_grace_period`.
_GRACE_NS = 600 * wire.SECOND


class Refused(NamedTuple):
    """A line that Loki will not take, with Loki's name for the reason."""

    source: str
    time_ns: int
    line: bytes
    reason: str
    said: str


def count(part: Part) -> int:
    """How many lines a part has."""
    return sum(map(len, part.values())) // wire.PIECES


def size(part: Part) -> int:
    """Bytes of its lines."""
    return sum(map(wire.line_bytes, part.values()))


def halves(part: Part) -> list[Part]:
    """A part in two, by source if it has several; in itself if it is one line."""
    if len(part) > 1:
        return [{source: pieces} for source, pieces in part.items()]
    ((source, pieces),) = part.items()
    lines = len(pieces) // wire.PIECES
    if lines < 2:
        return [part]
    middle = lines // 2 * wire.PIECES
    return [{source: pieces[:middle]}, {source: pieces[middle:]}]


def sort(part: Part, said: str) -> tuple[Part, list[Refused]]:
    """What is left of a part without the lines that Loki's words mean, and those lines."""
    found = _test(said)
    if found is None:
        return part, []
    reason, is_bad = found
    kept: Part = {}
    refused = []
    for source, pieces in part.items():
        good: list[bytes] = []
        for at in range(0, len(pieces), wire.PIECES):
            one = pieces[at : at + wire.PIECES]
            time_ns, line = wire.time_and_line(one)
            if is_bad(time_ns, line):
                refused.append(Refused(source, time_ns, line, reason, said))
            else:
                good += one
        if good:
            kept[source] = good
    return kept, refused


def everything(part: Part, said: str) -> list[Refused]:
    """All lines of a part, refused for one reason."""
    return [
        Refused(source, *wire.time_and_line(pieces[at : at + wire.PIECES]), _reason(said), said)
        for source, pieces in part.items()
        for at in range(0, len(pieces), wire.PIECES)
    ]


def _test(said: str) -> tuple[str, Callable[[int, bytes], bool]] | None:
    """The reason, and whether a line is meant; None where the words do not tell."""
    reason = _reason(said)
    if found := _TOO_LONG.search(said):
        limit = int(found[1])
        return reason, lambda _, line: len(line) > limit
    if found := _OLDEST.search(said):
        try:
            oldest = datetime.fromisoformat(found[1]).timestamp()
        except ValueError:
            return None
        return reason, lambda time_ns, _: time_ns < oldest * wire.SECOND
    if _TOO_NEW in said:
        newest = time.time_ns() + _GRACE_NS
        return reason, lambda time_ns, _: time_ns > newest
    return None


def _reason(said: str) -> str:
    for words, reason in _REASONS.items():
        if words in said:
            return reason
    return "refused"


_REASONS = {
    "max entry size": "line_too_long",
    "too far behind": "too_far_behind",
    "timestamp too old": "greater_than_max_sample_age",
    _TOO_NEW: "too_far_in_future",
    "rate limit": "rate_limited",
    "too large": "request_too_large",
    "exceeds": "request_too_large",
}
