"""Where the lines are: one DuckDB file for each day.

Why DuckDB and this layout, with the figures, stands in `docs/loki.md`. What is called from outside:

- `Store` opens a folder, takes pushes, drops days that are wholly past retention.
- `Reader` (from `Store.reader()`) is one query: its own connection, deadline and memory.

Times are integers: nanoseconds since the epoch.
"""

from batten.loki.store.entry import Entry, Metadata, Stream
from batten.loki.store.errors import (
    BadRegex,
    Cancelled,
    StoreError,
    TimedOut,
    TooLarge,
    Unavailable,
)
from batten.loki.store.matcher import LineFilter, Matcher
from batten.loki.store.reader import Reader, Stats
from batten.loki.store.store import Store

__all__ = [
    "BadRegex",
    "Cancelled",
    "Entry",
    "LineFilter",
    "Matcher",
    "Metadata",
    "Reader",
    "Stats",
    "Store",
    "StoreError",
    "Stream",
    "TimedOut",
    "TooLarge",
    "Unavailable",
]
