"""The mark: how much of a stream Loki has, beside the stream's bytes."""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

FILE = "mark.json"


class Mark(NamedTuple):
    """Where a stream stands.

    `offset` is the end of the last frame that Loki has; the counters count entries, and `bytes`
    those of their lines. `times` are those of `batch`. `pending` is the end of a batch that is
    on its way, and whether it was flushed, where that does not follow from `offset`.
    """

    offset: int = 0
    shipped: int = 0
    bytes: int = 0
    dropped: int = 0
    quarantined: int = 0
    reasons: dict[str, int] = {}  # noqa: RUF012 - never changed, only replaced
    times: dict[str, tuple[int, int]] = {}  # noqa: RUF012
    pending: tuple[int, bool] | None = None

    @classmethod
    def load(cls, folder: Path) -> "Mark":
        """The mark of a stream; one at the beginning where there is none, or a broken one.

        After a power failure it can be older than the truth. Then lines are pushed again, and Loki
        keeps one of each.
        """
        try:
            found: dict[str, Any] = json.loads((folder / FILE).read_bytes())
            found["times"] = {name: tuple(pair) for name, pair in found.get("times", {}).items()}
            found["pending"] = tuple(found["pending"]) if found.get("pending") else None
            return cls(**{key: found[key] for key in cls._fields if key in found})
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return cls()

    def save(self, folder: Path) -> None:
        """Replace the mark as a whole, so that a crash leaves the old one or the new one."""
        draft = os.path.join(folder, f"{FILE}.draft")  # noqa: PTH118 - once for every push
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, json.dumps(self._asdict()).encode())
        finally:
            os.close(file)
        os.replace(draft, os.path.join(folder, FILE))  # noqa: PTH105, PTH118
