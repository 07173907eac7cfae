"""Lines on their way into a table, as columns that the engine reads without a copy."""

from array import array
from itertools import accumulate
from typing import Any, NamedTuple

import nanoarrow
from nanoarrow import c_array_from_buffers as columns

TYPE = nanoarrow.struct(
    {
        "ts": nanoarrow.int64(),
        "stream": nanoarrow.int32(),
        "line": nanoarrow.string(),
        "metadata": nanoarrow.string(),
        "position": nanoarrow.int32(),
    }
)


class Row(NamedTuple):
    """One line of one stream; `line` is UTF-8, `metadata` JSON or empty."""

    ts: int
    stream: int
    line: bytes
    metadata: bytes


class Rows:
    """Lines of one day, column by column."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self.streams: list[int] = []
        self.lines: list[bytes] = []
        self.metadata: list[bytes] = []

    def __len__(self) -> int:
        return len(self.times)

    def extend(
        self, stream: int, times: list[int], lines: list[bytes], metadata: list[bytes]
    ) -> None:
        """Append lines of one stream."""
        self.times += times
        self.streams += [stream] * len(times)
        self.lines += lines
        self.metadata += metadata

    def append(self, row: Row) -> None:
        """Append one line."""
        self.extend(row.stream, [row.ts], [row.line], [row.metadata])

    def arrow(self) -> "Arrow":
        """The same as an Arrow stream."""
        return Arrow(self)


class Arrow:
    """Rows behind Arrow's stream interface; the engine may ask for it more than once."""

    def __init__(self, rows: Rows) -> None:
        size = len(rows)
        self._columns = [
            columns(nanoarrow.int64(), size, [None, array("q", rows.times)]),
            columns(nanoarrow.int32(), size, [None, array("i", rows.streams)]),
            _texts(rows.lines),
            _texts(rows.metadata),
            columns(nanoarrow.int32(), size, [None, array("i", range(size))]),
        ]
        self._size = size

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:  # noqa: ANN401
        """Hand the columns over (a PyCapsule)."""
        whole = columns(TYPE, self._size, [None], children=self._columns)
        return nanoarrow.c_array_stream(whole).__arrow_c_stream__(requested_schema)


def _texts(texts: list[bytes]) -> Any:  # noqa: ANN401 - nanoarrow's arrays are not typed
    ends = array("i", accumulate(map(len, texts), initial=0))
    return columns(nanoarrow.string(), len(texts), [None, ends, b"".join(texts)])
