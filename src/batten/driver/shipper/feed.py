"""A feed: one stream of the spool on its way to Loki."""

import os
import time
from typing import TYPE_CHECKING, Any

import cramjam

from batten.driver.labels import selector
from batten.driver.options import Options, parse
from batten.driver.shipper import quarantine, refusal, wire
from batten.driver.shipper.answer import Answer, What
from batten.driver.shipper.batch import Batch, batch
from batten.driver.shipper.endpoint import Backoff, Endpoint, Endpoints
from batten.driver.shipper.mark import Mark
from batten.driver.shipper.pace import Pace
from batten.driver.shipper.refusal import Part, Refused
from batten.driver.spool import Stream

if TYPE_CHECKING:
    from pathlib import Path

# How long the rest of a long line may take before its beginning is sent without it.
PARTIAL_S = 5.0
# What needs a person is tried again so often.
HOLD_S = 30.0
# So many 429s in a row are no matter of pace: the push does not fit into Loki's burst.
_BURST = 3
_HOPELESS = 10
_SMALLEST = 64 << 10
_TICK_NS = 50_000_000


class Feed:
    """What is pushed next, and what is known about it.

    Only one thread at a time works on a feed; `busy` says whether one does.
    """

    def __init__(self, stream: Stream, endpoints: Endpoints) -> None:
        info: dict[str, Any] = stream.info
        self.stream = stream
        self.info = info
        self.options: Options = parse(info.get("Config") or {}, info)
        self.endpoint: Endpoint = endpoints.of(self.options, info.get("ContainerLabels") or {})
        self.mark = Mark.load(stream.folder)
        self.pace = Pace()
        self.backoff = Backoff(self.options.min_backoff_s, self.options.max_backoff_s)
        self.busy = False
        self.stopped = False
        self.end = 0
        self.last_error = ""
        self._labels: dict[str, bytes] = {}
        self._batch: Batch | None = None
        self._lost = 0  # lines that were dropped right before the batch
        self._parts: list[Part] = []
        self._refused: list[Refused] = []
        self._slowed = 0
        self._since: float | None = None  # when the oldest byte that waits was seen
        self._stuck: tuple[int, float] | None = None  # the end at which nothing could be sent
        self._skip: int | None = None  # where to go on behind half a frame
        self._seen: tuple[int, int, Path | None] = (0, 0, None)

    # -- what there is

    def look(self, now: float) -> None:
        """See what was written; costs two calls of `stat` while nothing is."""
        folder = os.stat(self.stream.folder).st_mtime_ns  # noqa: PTH116 - ten times a second
        seen, start, newest = self._seen
        if folder != seen:
            self.stopped = self.stream.stopped
            found = self.stream.segments()
            newest = found[-1].path if found and not found[-1].sealed else None
            self.end = found[-1].end if found else max(self.end, self.mark.offset)
            # Two changes within one tick of the kernel's clock look like one.
            settled = time.time_ns() - folder > _TICK_NS
            self._seen = folder if settled else 0, found[-1].start if found else 0, newest
        elif newest:
            self.end = start + os.stat(newest).st_size  # noqa: PTH116
        if self.end > self.mark.offset and self._since is None:
            self._since = now

    @property
    def behind(self) -> int:
        """Bytes of the spool that Loki does not have."""
        return max(0, self.end - self.mark.offset)

    @property
    def full(self) -> bool:
        """Whether there is more than one batch: then its next one can wait for others'."""
        return self.behind > self.options.batch_size

    @property
    def finished(self) -> bool:
        """Whether Loki has all there will ever be."""
        return self.stopped and self.behind == 0

    def ready(self, now: float) -> bool:
        """Whether there is something to push, and now is the time."""
        if self.busy or now < self.backoff.until or not (self._parts or self.behind):
            return False
        if not self.endpoint.ready(can_wait=self.full) or self.pace.wait_s() > 0:
            return False
        return bool(self._parts) or self.full or self._waited(now)

    def _waited(self, now: float) -> bool:
        if self._stuck and self._stuck[0] == self.end and not self.stopped:
            return now - self._stuck[1] >= PARTIAL_S
        return self.stopped or now - (self._since or now) >= self.options.batch_wait_s

    # -- one push

    def turn(self) -> None:
        """Make one push, or find that there is nothing to push yet."""
        if not self._parts and not self._next():
            return
        part = self._parts[-1]
        size = refusal.size(part)
        streams = ((self._label(source), pieces) for source, pieces in part.items())
        body = bytes(cramjam.snappy.compress_raw(wire.request(streams)))
        answer = self.endpoint.push(body, size)
        if answer is None:
            return
        self.pace.sent(size)
        self._handle(part, answer)
        if not self._parts:
            self._commit()

    def _handle(self, part: Part, answer: Answer) -> None:
        what = answer.what
        self._slowed = self._slowed + 1 if what is What.SLOWER else 0
        self.last_error = "" if what is What.DONE else answer.said()
        if what is What.DONE:
            self.backoff.succeeded()
            self._parts.pop()
        elif what is What.SORT:
            self._sort(part, answer)
        elif what is What.HALVE:
            self._halve(part, answer)
        elif what is What.SLOWER:
            self._slower(part, answer)
        elif what is What.HOLD:
            self.backoff.failed(HOLD_S)
        elif what is What.AGAIN:
            self.backoff.failed(answer.retry_after_s)

    def _sort(self, part: Part, answer: Answer) -> None:
        kept, refused = refusal.sort(part, answer.text)
        self._refused += refused
        if refused:
            self._parts[-1:] = [kept] if kept else []
        elif "too new" in answer.text:
            # Loki's clock is behind ours: what it refuses now, it takes later.
            self.backoff.failed(HOLD_S)
        else:
            self._halve(part, answer)

    def _halve(self, part: Part, answer: Answer) -> None:
        if refusal.count(part) == 1:
            self._refused += refusal.everything(part, answer.text)
            self._parts.pop()
        else:
            self._parts[-1:] = reversed(refusal.halves(part))

    def _slower(self, part: Part, answer: Answer) -> None:
        named, of_stream = answer.limit or (None, False)
        (self.pace if of_stream else self.endpoint.pace).slower(named)
        self.backoff.failed(answer.retry_after_s)
        single = refusal.count(part) == 1
        if self._slowed >= (_HOPELESS if single else _BURST) and refusal.size(part) > _SMALLEST:
            self._slowed = 0
            self._halve(part, answer)

    def _label(self, source: str) -> bytes:
        if source not in self._labels:
            labels = {**self.options.labels, "source": source} if source else self.options.labels
            self._labels[source] = selector(labels).encode()
        return self._labels[source]

    # -- the next batch

    def _next(self) -> bool:
        """Make the next batch; False where there is none yet."""
        begin, data = self._begin()
        made, full, flush = self._read(begin, data)
        if made.end == made.begin:
            self._nothing(made, data)
            return False
        if not full and self.mark.pending is None:
            # Where a batch ends that is not full depends on when it was made: say so first.
            self._move(self.mark._replace(pending=(made.end, flush)))
        self._batch, self._stuck, self._skip = made, None, None
        self._parts = [made.pieces] if made.lines else []
        if not self._parts:
            self._commit()
        return bool(self._parts)

    def _begin(self) -> tuple[int, bytes]:
        """Where the next batch begins, and what lies there."""
        begin = self.mark.offset if self._skip is None else self._skip
        pending = self.mark.pending
        size = max(0, pending[0] - begin) if pending else self.options.batch_size
        data = self.stream.read(begin, size)
        if not data and (resumed := self.stream.resume(begin)) != begin:
            begin, data = resumed, self.stream.read(resumed, size)
        return begin, data

    def _read(self, begin: int, data: bytes) -> tuple[Batch, bool, bool]:
        """The next batch, whether its end follows from its beginning, and whether it was flushed."""
        window, notice = self.options.batch_size, self._notice(begin)
        pending, times = self.mark.pending, self.mark.times
        if pending:
            return batch(data, begin, times, flush=pending[1], notice=notice), False, pending[1]
        while True:
            full = len(data) >= window
            flush = not full and self._given_up(begin + len(data))
            made = batch(data, begin, times, flush=flush, notice=notice)
            if made.end > begin or not full:
                return made, full, flush
            window *= 2  # a line longer than the window
            data = self.stream.read(begin, window)

    def _given_up(self, end: int) -> bool:
        """Whether nobody waits for the rest of a line any longer."""
        if self.stopped:
            return end >= self.end
        stuck = self._stuck
        return stuck is not None and stuck[0] == end and time.monotonic() - stuck[1] >= PARTIAL_S

    def _nothing(self, made: Batch, data: bytes) -> None:
        """No whole line: wait for the rest, or leave half a frame behind that a crash left."""
        behind = made.begin + len(data)
        end = self.stream.end
        if self.mark.pending:
            self._move(self.mark._replace(pending=None))
        elif made.open_at is None and (resumed := self.stream.resume(behind)) != behind:
            # A gap behind half a frame: its other half was dropped.
            self._skip = resumed
        elif self.stopped and behind >= end:
            dropped = self.mark.dropped + self._lost
            self._move(self.mark._replace(offset=end, dropped=dropped))
        else:
            same = self._stuck and self._stuck[0] == behind
            self._stuck = self._stuck if same else (behind, time.monotonic())

    def _notice(self, begin: int) -> str:
        """What to say in the stream where lines are missing."""
        found = [drop for drop in self.stream.drops() if self.mark.offset <= drop.begin < begin]
        self._lost = sum(drop.lines for drop in found)
        if self._skip is not None and self._lost:
            self._lost += 1  # the line of which half is gone
        return f"batten: {self._lost} lines dropped here: the spool was full" if self._lost else ""

    # -- after the push

    def _commit(self) -> None:
        """Loki has the batch: move the mark behind it."""
        made, refused = self._batch, self._refused
        if made is None:
            return
        if refused:
            quarantine.keep(self.stream.folder, made.begin, refused)
        mark, reasons = self.mark, dict(self.mark.reasons)
        for one in refused:
            reasons[one.reason] = reasons.get(one.reason, 0) + 1
        notices = 1 if self._lost else 0
        self._move(
            mark._replace(
                offset=made.end,
                shipped=mark.shipped + made.lines - len(refused) - notices,
                bytes=mark.bytes + made.size - sum(len(one.line) for one in refused),
                dropped=mark.dropped + self._lost,
                quarantined=mark.quarantined + len(refused),
                reasons=reasons,
                times=made.times,
                pending=None,
            )
        )
        self._batch, self._refused, self._lost = None, [], 0

    def _move(self, mark: Mark) -> None:
        mark.save(self.stream.folder)
        self.mark = mark
        self._since = time.monotonic() if self.end > mark.offset else None
