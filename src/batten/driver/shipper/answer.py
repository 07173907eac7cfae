"""What Loki answers to a push, and what is to be done about it."""

import re
from enum import Enum
from typing import NamedTuple

NO_ANSWER = 0
# Loki's way of saying that an operator has blocked ingestion for now.
_BLOCKED = 260
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
# "limit: 4194304 bytes/sec" of the tenant, "limit: 3MB/sec" of one stream
_LIMIT = re.compile(r"limit: ([0-9.]+) ?([KMG]?)(?:B|bytes)/sec", re.IGNORECASE)
_STREAM_LIMIT = "per stream rate limit"


class What(Enum):
    """What is to be done."""

    DONE = "Loki has it"
    AGAIN = "the same once more, later"
    AWAY = "Loki is not there: the same once more, later, and so for everything that goes there"
    SLOWER = "the same once more, and less in a second"
    SORT = "some lines are refused: find out which"
    HALVE = "too much at once"
    HOLD = "somebody has to change something: keep the lines and say so"


class Answer(NamedTuple):
    """A status (NO_ANSWER where none came), what Loki or the network said, how long it took."""

    status: int
    text: str = ""
    retry_after_s: float | None = None
    took_s: float = 0.0

    @property
    def what(self) -> What:
        """What to do about it."""
        if self.status in _BY_STATUS:
            return _BY_STATUS[self.status]
        if 200 <= self.status < 300:
            return What.DONE
        if self.status == 400:
            return What.HOLD if _ABOUT_LABELS.search(self.text) else What.SORT
        return What.AGAIN if self.status >= 500 else What.HOLD

    @property
    def limit(self) -> tuple[float, bool] | None:
        """Bytes in a second that Loki says it takes, and whether that is of one stream."""
        found = _LIMIT.search(self.text)
        if not found:
            return None
        number = float(found[1]) * _UNITS[found[2].lower()]
        return number, _STREAM_LIMIT in self.text.lower()

    def said(self, most: int = 300) -> str:
        """For a person: what went wrong, in one line."""
        text = " ".join(self.text.split())[:most]
        if self.status == NO_ANSWER:
            return text
        hint = _HINTS.get(self.status, "")
        return ": ".join(part for part in (f"Loki answered {self.status}", text, hint) if part)


_BY_STATUS = {
    NO_ANSWER: What.AWAY,
    _BLOCKED: What.AGAIN,
    408: What.AGAIN,
    413: What.HALVE,
    425: What.AGAIN,
    429: What.SLOWER,
    502: What.AWAY,
    503: What.AWAY,
    504: What.AWAY,
}
_HINTS = {
    401: "check the user and password in `loki-url`",
    403: "check the user and password in `loki-url` and `loki-tenant-id`",
    404: "check the path in `loki-url`, usually `/loki/api/v1/push`",
}
# A refusal of the labels concerns every line of the stream, so no line is put aside for it.
_ABOUT_LABELS = re.compile(
    r"label name|label value|pars(?:e|ing) labels|label pair|required labels|no org id",
    re.IGNORECASE,
)
