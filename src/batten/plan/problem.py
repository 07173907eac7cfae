"""One thing that does not fit."""

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """Why it does not fit, and what to do.

    `service` is None where it is about all together; `scales` says whether smaller figures mend it.
    """

    message: str
    hint: str
    service: str | None = None
    scales: bool = True
