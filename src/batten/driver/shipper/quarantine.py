"""Lines that Loki refused for good, kept beside the stream so that nothing vanishes silently."""

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from batten.driver.shipper.refusal import Refused
from batten.driver.shipper.wire import SECOND

FILE = "quarantine.jsonl"
LARGEST = 10_000_000


def keep(folder: Path, offset: int, refused: Iterable[Refused]) -> None:
    """Append the lines of the batch that began at `offset`; the file before is kept once."""
    path = folder / FILE
    if path.exists() and path.stat().st_size > LARGEST:
        path.replace(path.with_name(f"{FILE}.1"))
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as out:
        out.writelines(_row(offset, one) for one in refused)


def _row(offset: int, one: Refused) -> str:
    written = datetime.fromtimestamp(one.time_ns / SECOND, UTC).isoformat()
    row = {
        "time": written,
        "time_ns": one.time_ns,
        "source": one.source,
        "reason": one.reason,
        "answer": one.said[:500],
        "offset": offset,
        "line": one.line.decode(errors="backslashreplace"),
    }
    return json.dumps(row, ensure_ascii=False) + "\n"
