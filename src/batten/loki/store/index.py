"""What is known of every stream without reading lines; rebuilt from the days at the start."""

import json
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from batten.loki.limits import DAY
from batten.loki.store.entry import Stream

Labels = tuple[tuple[str, str], ...]
MINUTE = 60 * 10**9
MINUTES = DAY // MINUTE


@dataclass(slots=True)
class DayIndex:
    """Of one day: each stream's first and last time, and the number of lines in each minute."""

    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    minutes: "array[int]" = field(default_factory=lambda: array("Q", bytes(8 * MINUTES)))

    def note(self, stream: int, first: int, last: int) -> None:
        """Widen a stream's span."""
        known = self.spans.get(stream)
        if known:
            first, last = min(first, known[0]), max(last, known[1])
        self.spans[stream] = first, last


class Index:
    """Streams by number and by labels, the newest time of each, and the days they occur in."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.days: dict[int, DayIndex] = {}
        self._labels: dict[int, Labels] = {}
        self._ids: dict[Labels, int] = {}
        self._newest: dict[int, int] = {}
        self._last_id = 0

    def id_of(self, labels: Labels) -> int | None:
        """The number of the stream with these labels, if there is one."""
        return self._ids.get(labels)

    def labels_of(self, stream: int) -> dict[str, str]:
        """The labels of a stream."""
        return dict(self._labels[stream])

    def newest(self, stream: int) -> int | None:
        """The newest time of a stream, in any day that is kept."""
        return self._newest.get(stream)

    def next_id(self) -> int:
        """A number that no stream has had; the writer alone asks."""
        self._last_id += 1
        return self._last_id

    def has(self, day: int, stream: int) -> bool:
        """Whether a stream occurs in a day."""
        known = self.days.get(day)
        return known is not None and stream in known.spans

    def add_stream(self, stream: int, labels: Labels) -> None:
        """Make a stream known."""
        with self.lock:
            self._labels[stream] = labels
            self._ids[labels] = stream
            self._last_id = max(self._last_id, stream)

    def add_lines(
        self, day: int, spans: dict[int, tuple[int, int]], minutes: Mapping[int, int]
    ) -> None:
        """Count lines of a day: the span of each stream, and how many each minute has."""
        with self.lock:
            known = self.days.setdefault(day, DayIndex())
            for stream, (first, last) in spans.items():
                known.note(stream, first, last)
                self._newest[stream] = max(last, self._newest.get(stream, last))
            for minute, count in minutes.items():
                known.minutes[minute] += count

    def load_day(
        self,
        day: int,
        streams: Iterable[tuple[int, str]],
        spans: Iterable[tuple[int, int, int]],
        minutes: Iterable[tuple[int, int]],
    ) -> None:
        """Take in what a day's file says of itself."""
        for stream, text in streams:
            self.add_stream(stream, tuple(sorted(json.loads(text).items())))
        with self.lock:
            found = {stream: (first, last) for stream, first, last in spans}
            self.add_lines(day, found, dict(minutes))

    def drop_day(self, day: int) -> None:
        """Forget a day, and the streams that occur in no other."""
        with self.lock:
            gone = set(self.days.pop(day, DayIndex()).spans)
            gone -= {stream for kept in self.days.values() for stream in kept.spans}
            for stream in gone:
                self._ids.pop(self._labels.pop(stream), None)
                self._newest.pop(stream, None)

    def streams(
        self, start: int, end: int, wanted: Callable[[dict[str, str]], bool]
    ) -> list[Stream]:
        """The wanted streams with a line in [start, end), as far as their spans tell."""
        with self.lock:
            ids = sorted(
                {
                    stream
                    for day in self._days(start, end)
                    for stream, (first, last) in self.days[day].spans.items()
                    if first < end and last >= start
                }
            )
            return [
                Stream(stream, labels)
                for stream in ids
                if wanted(labels := dict(self._labels[stream]))
            ]

    def minutes(self, start: int, end: int) -> list[tuple[int, int]]:
        """The minutes (number from the epoch) with lines that touch [start, end), with counts."""
        with self.lock:
            return [
                (day * MINUTES + minute, count)
                for day in self._days(start, end)
                for minute, count in enumerate(self.days[day].minutes)
                if count
                and (day * MINUTES + minute) * MINUTE < end
                and (day * MINUTES + minute + 1) * MINUTE > start
            ]

    def _days(self, start: int, end: int) -> Iterator[int]:
        return (day for day in sorted(self.days) if day * DAY < end and (day + 1) * DAY > start)

    def total(self) -> int:
        """How many lines are kept."""
        with self.lock:
            return sum(sum(day.minutes) for day in self.days.values())

    def count(self) -> int:
        """How many streams are kept."""
        return len(self._labels)
