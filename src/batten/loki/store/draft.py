"""What one transaction is going to write; nothing of it is known to the index before."""

from itertools import islice
from operator import lt

from batten.loki.store.days import day_of
from batten.loki.store.index import Index, Labels
from batten.loki.store.rows import Row, Rows


class Draft:
    """Lines to be written, those in doubt apart.

    A line newer than everything its stream has cannot be there already. A line that is not so new
    is in doubt until the store has looked.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self.rows: dict[int, Rows] = {}
        self.doubtful: dict[int, list[Row]] = {}
        self.created: dict[int, Labels] = {}
        self._ids: dict[Labels, int] = {}
        self._newest: dict[int, int] = {}

    def known(self, labels: Labels) -> int | None:
        """The number of a stream that is stored, or is to be created by this draft."""
        return self._ids.get(labels) or self._index.id_of(labels)

    def stream(self, labels: Labels) -> int:
        """The number of a stream, a new one where there is none."""
        stream = self.known(labels)
        if stream is None:
            stream = self._index.next_id()
            self.created[stream] = labels
            self._ids[labels] = stream
        return stream

    def labels(self, stream: int) -> Labels:
        """The labels of a stream that this draft writes to."""
        return self.created.get(stream) or tuple(self._index.labels_of(stream).items())

    def add(self, stream: int, times: list[int], lines: list[bytes], metadata: list[bytes]) -> None:
        """Add lines of a stream in the order in which they came; the columns are equally long."""
        newest = self._newest.get(stream, self._index.newest(stream))
        fresh = (newest is None or times[0] > newest) and all(
            map(lt, times, islice(times, 1, None))
        )
        if fresh and day_of(times[0]) == day_of(times[-1]):
            self._day(day_of(times[0])).extend(stream, times, lines, metadata)
            self._newest[stream] = times[-1]
            return
        for row in zip(times, [stream] * len(times), lines, metadata, strict=True):
            newest = self._add_row(Row(*row), newest)
        if newest is not None:
            self._newest[stream] = newest

    def _add_row(self, row: Row, newest: int | None) -> int:
        day = day_of(row.ts)
        if newest is None or row.ts > newest:
            self._day(day).append(row)
            return row.ts
        self._day(day)
        self.doubtful.setdefault(day, []).append(row)
        return newest

    def _day(self, day: int) -> Rows:
        return self.rows.setdefault(day, Rows())

    def settle(self, day: int) -> Rows:
        """The doubtful lines of a day, each once and none that the draft has anyway."""
        doubtful = self.doubtful.get(day, [])
        streams = {row.stream for row in doubtful}
        rows = self.rows[day]
        columns = zip(rows.times, rows.streams, rows.lines, rows.metadata, strict=True)
        seen = {Row(*row) for row in columns if row[1] in streams} if doubtful else set()
        single = Rows()
        for row in doubtful:
            if row not in seen:
                seen.add(row)
                single.append(row)
        return single
