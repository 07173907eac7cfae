"""What was refused of a push and why, told as Loki tells it."""

from collections import Counter
from typing import NamedTuple


class Refusal(NamedTuple):
    """Lines refused for one reason; `reason` is the label of Loki's `loki_discarded_*` metrics."""

    reason: str
    text: str
    lines: int
    bytes: int
    status: int = 400


class Verdict(NamedTuple):
    """The answer to a push: 204 with nothing to say, or a status and a text."""

    status: int
    text: str


ACCEPTED = Verdict(204, "")


def verdict(refusals: list[Refusal], late: list[Refusal]) -> Verdict:
    """Sum refusals up: `late` are those of the streams' own rules, of which Loki tells one only."""
    if late:
        return Verdict(late[0].status, late[0].text)
    if not refusals:
        return ACCEPTED
    counted = Counter(refusal.text for refusal in refusals)
    if len(counted) == 1 and counted.total() == 1:
        return Verdict(refusals[0].status, refusals[0].text)
    told = (f"{count} errors like: {text}" for text, count in counted.items())
    return Verdict(refusals[0].status, "; ".join(told))
