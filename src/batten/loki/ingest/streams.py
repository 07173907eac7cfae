"""Loki's rules that depend on what a stream got before: rate, order, how many are active."""

from dataclasses import dataclass

from batten.loki.ingest import labels as label_text
from batten.loki.ingest.clock import golang, human, rfc3339
from batten.loki.ingest.rates import Bucket
from batten.loki.ingest.refusals import Refusal, Verdict, verdict
from batten.loki.ingest.rules import Batch
from batten.loki.limits import MB, Limits
from batten.loki.store.draft import Draft

TENANT = "fake"  # so Loki names the one tenant there is without authentication
SHOWN = 10  # of the entries refused in a stream, as Loki's `max_returned_stream_errors`
SECOND = 10**9


@dataclass(slots=True)
class _Active:
    """A stream that got lines lately."""

    bucket: Bucket
    newest: int | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of a push: its answer, and what was refused."""

    verdict: Verdict
    refusals: list[Refusal]


class Streams:
    """The active streams; one thread asks, with seconds of a clock that only goes forward."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._tenant = Bucket(limits.ingestion_rate_mb * MB, limits.ingestion_burst_size_mb * MB)
        self._active: dict[tuple[tuple[str, str], ...], _Active] = {}
        self._swept = 0.0

    @property
    def active(self) -> int:
        """How many streams got lines lately."""
        return len(self._active)

    def remember(self, newest: dict[tuple[tuple[str, str], ...], int], now: float) -> None:
        """Take the streams that were active before a restart for active."""
        for labels, time in newest.items():
            self._active[labels] = _Active(self._bucket(), time, now)

    def admit(
        self, batches: list[Batch], refusals: list[Refusal], draft: Draft, now: float
    ) -> Admission:
        """Put into `draft` what the rules let through; `refusals` are those found before."""
        self._sweep(now)
        size = sum(batch.bytes for batch in batches)
        if not self._tenant.take(size, now):
            late = [self._rate_limited(sum(len(batch.times) for batch in batches), size)]
            return Admission(verdict([], late), refusals + late)
        late = []
        for batch in batches:
            stream = self._stream(batch, now)
            if stream is None:
                late.append(self._too_many(batch))
            else:
                late += self._add(stream, batch, draft, now)
        return Admission(verdict(refusals, late), refusals + late)

    def _sweep(self, now: float) -> None:
        idle = self.limits.chunk_idle_period / SECOND
        if now - self._swept > min(60.0, idle):
            self._swept = now
            self._active = {k: v for k, v in self._active.items() if now - v.at <= idle}

    def _bucket(self) -> Bucket:
        limits = self.limits
        return Bucket(limits.per_stream_rate_limit, limits.per_stream_rate_limit_burst)

    def _stream(self, batch: Batch, now: float) -> _Active | None:
        stream = self._active.get(batch.labels)
        if stream is None:
            most = self.limits.max_global_streams_per_user
            if most and len(self._active) >= most:
                return None
            stream = self._active[batch.labels] = _Active(self._bucket())
        stream.at = now
        return stream

    def _add(self, stream: _Active, batch: Batch, draft: Draft, now: float) -> list[Refusal]:
        slow = not stream.bucket.take(batch.bytes, now)
        oldest, newest = min(batch.times), max(batch.times)
        if stream.newest is not None:
            newest = max(newest, stream.newest)
        # The cutoff moves with the newest line, so the whole batch decides whether to look closely
        behind = oldest < newest - self.limits.max_chunk_age // 2
        if not slow and not behind:
            stream.newest = newest
            columns = batch.times, batch.lines, batch.metadata
            draft.add(draft.stream(batch.labels), *columns)
            return []
        return self._add_some(stream, batch, draft, now)

    def _add_some(self, stream: _Active, batch: Batch, draft: Draft, now: float) -> list[Refusal]:
        """Judge entry by entry, and store those that pass."""
        kept: list[int] = []
        wrong: list[tuple[int, str, str]] = []
        for i, time in enumerate(batch.times):
            size = batch.sizes[i] if batch.sizes else len(batch.lines[i])
            cutoff = (stream.newest or time) - self.limits.max_chunk_age // 2
            if not stream.bucket.take(size, now):
                wrong.append((i, "per_stream_rate_limit", self._too_fast(batch, size)))
            elif time < cutoff:
                shown = (
                    f"entry too far behind, entry timestamp is: {rfc3339(time)}, "
                    f"oldest acceptable timestamp is: {rfc3339(cutoff)}"
                )
                wrong.append((i, "too_far_behind", shown))
            else:
                stream.newest = max(time, stream.newest or time)
                kept.append(i)
        if kept:
            draft.add(
                draft.stream(batch.labels),
                [batch.times[i] for i in kept],
                [batch.lines[i] for i in kept],
                [batch.metadata[i] for i in kept],
            )
        return _told(batch, wrong)

    def _too_fast(self, batch: Batch, size: int) -> str:
        return (
            f"Per stream rate limit exceeded (limit: {human(self.limits.per_stream_rate_limit)}"
            f"/sec) while attempting to ingest for stream '{_text(batch)}' totaling {human(size)}, "
            "consider splitting a stream via additional labels or raise "
            "`limits_config.per_stream_rate_limit`"
        )

    def _rate_limited(self, lines: int, size: int) -> Refusal:
        limit = int(self.limits.ingestion_rate_mb * MB)
        text = (
            f"ingestion rate limit exceeded for user {TENANT} (limit: {limit} bytes/sec) while "
            f"attempting to ingest '{lines}' lines totaling '{size}' bytes, reduce log volume or "
            "raise `limits_config.ingestion_rate_mb`"
        )
        return Refusal("rate_limited", text, lines, size, 429)

    def _too_many(self, batch: Batch) -> Refusal:
        text = (
            f"maximum active stream limit exceeded when trying to create stream {_text(batch)}, "
            "reduce the number of active streams (reduce labels or reduce label values), or raise "
            f"`limits_config.max_global_streams_per_user`, user: '{TENANT}'"
        )
        return Refusal("stream_limit", text, len(batch.times), batch.bytes, 429)


def _text(batch: Batch) -> str:
    return label_text.written(dict(batch.labels))


def _told(batch: Batch, wrong: list[tuple[int, str, str]]) -> list[Refusal]:
    """One refusal for each reason; the text is that of the stream, as Loki writes it."""
    told = "".join(
        f"entry with timestamp {golang(batch.times[i])} ignored, reason: '{why}',\n"
        for i, _, why in wrong[:SHOWN]
    )
    total = f"total ignored: {len(wrong)} out of {len(batch.times)} for stream: {_text(batch)}"
    status = 429 if wrong and wrong[-1][1] == "per_stream_rate_limit" else 400
    refusals = []
    for reason in dict.fromkeys(reason for _, reason, _ in wrong):
        sizes = [len(batch.lines[i]) for i, other, _ in wrong if other == reason]
        text = f"{told}user '{TENANT}', {total}"
        refusals.append(Refusal(reason, text, len(sizes), sum(sizes), status))
    return refusals
