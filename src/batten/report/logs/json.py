"""Lines and samples as JSON, one object a line."""

from datetime import UTC, datetime
from typing import IO

import msgspec

from batten.logs import LogLine, Sample

_SECOND = 1_000_000_000


class Json:
    """One object a line: `{"time", "service", "container", "source", "line", "labels"}`.

    Times are RFC 3339 in UTC with nanoseconds; what no label tells is null.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file, self.count = file, 0

    def lines(self, page: list[LogLine]) -> None:
        """See `Printer`."""
        for line in page:
            self._write(
                {
                    "time": _time(line.time_ns),
                    "service": line.service or None,
                    "container": line.container or None,
                    "source": line.source or None,
                    "line": line.text,
                    "labels": line.labels,
                }
            )

    def samples(self, found: list[Sample]) -> None:
        """`{"time", "labels", "value"}` each; a value that is no number in JSON is null."""
        for one in found:
            self._write({"time": _time(one.time_ns), "labels": one.labels, "value": one.value})

    def flush(self) -> None:
        """See `Printer`."""
        self._file.flush()

    def _write(self, found: dict[str, object]) -> None:
        self._file.write(msgspec.json.encode(found).decode() + "\n")
        self.count += 1


def _time(time_ns: int) -> str:
    whole = datetime.fromtimestamp(time_ns // _SECOND, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{time_ns % _SECOND:09}Z"
