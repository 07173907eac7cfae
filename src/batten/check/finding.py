"""One thing that is wrong."""

import msgspec

from batten.check.severity import Severity
from batten.model import Position


class Finding(msgspec.Struct, frozen=True):
    """A sentence, a place, and what to do next.

    A rule gives the message, the place and the hint; which rule it was, how bad it is, on which
    service, and whether somebody has accepted it (and why) is filled in when it is run. `secret`
    means that the place holds a password, so that nobody quotes the line.
    """

    message: str
    at: Position | None
    hint: str
    service: str | None = None
    secret: bool = False
    rule: str = ""
    group: str = ""
    severity: Severity = Severity.ERROR
    accepted: str | None = None
