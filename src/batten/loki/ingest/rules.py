"""Loki's rules that need nothing but the push itself: labels, ages, sizes, metadata."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from batten.loki.ingest import labels as label_text
from batten.loki.ingest import levels
from batten.loki.ingest.clock import rfc3339
from batten.loki.ingest.errors import PushError
from batten.loki.ingest.received import Received
from batten.loki.ingest.refusals import Refusal
from batten.loki.limits import Limits

UNKNOWN_SERVICE = "unknown_service"
MAX_LABELS_BYTES = 1 << 20
ONE_LEVEL: dict[str, bytes] = {}


class Batch(NamedTuple):
    """Lines of one stream that keep the rules; what is left is the stream's own rules.

    `metadata` is JSON, `b""` for none. `sizes` is None where every entry counts its line only.
    """

    labels: tuple[tuple[str, str], ...]
    times: list[int]
    lines: list[bytes]
    metadata: list[bytes]
    sizes: list[int] | None

    @property
    def bytes(self) -> int:
        """What counts against the limits: lines and metadata, without what was added here."""
        return sum(self.sizes) if self.sizes else sum(map(len, self.lines))


class Rules:
    """Applies `limits` to what was received."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def apply(self, pushed: Sequence[Received], now: int) -> tuple[list[Batch], list[Refusal]]:
        """Sort what was received into batches to store and refusals; `now` is in nanoseconds.

        A push without any stream, or with labels that cannot be read, is a `PushError`.
        """
        if not pushed:
            text = "error at least one valid stream is required for ingestion"
            raise PushError(text, 422)
        named = [(self._labels(one.labels), one) for one in pushed]
        batches, refusals = [], []
        for labels, one in named:
            if not one.times:
                continue
            if refusal := self._refused(labels, one):
                refusals.append(refusal)
                continue
            batch, refused = self._batch(labels, one, now)
            refusals += refused
            if batch.times:
                batches.append(batch)
        return batches, refusals

    def _labels(self, given: str | dict[str, str]) -> tuple[tuple[str, str], ...]:
        if isinstance(given, str):
            if len(given) > MAX_LABELS_BYTES:
                raise PushError(f"stream labels are longer than {MAX_LABELS_BYTES} bytes", 413)
            labels = label_text.parse(given)
        else:
            labels = label_text.checked(given)
        return self._with_service(labels) if self.limits.discover_service_name else labels

    def _with_service(self, labels: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        known = dict(labels)
        if "service_name" in known:
            return labels
        found = (known[name] for name in self.limits.discover_service_name if name in known)
        return tuple(sorted((*labels, ("service_name", next(found, UNKNOWN_SERVICE)))))

    def _refused(self, labels: tuple[tuple[str, str], ...], one: Received) -> Refusal | None:
        """Say what is wrong with a stream's labels, if anything is."""
        limits = self.limits
        text = label_text.written(dict(labels))
        count = len(labels) - ("service_name" in dict(labels))
        wrong: tuple[str, str] | None
        if not labels:
            wrong = ("missing_labels", "error at least one label pair is required per stream")
        elif count > limits.max_label_names_per_series:
            most = limits.max_label_names_per_series
            shown = f"entry for stream '{text}' has {count} label names; limit {most}"
            wrong = ("max_label_names_per_series", shown)
        else:
            wrong = self._too_long(labels, text)
        if not wrong:
            return None
        return Refusal(*wrong, len(one.times), sum(map(len, one.lines)))

    def _too_long(self, labels: tuple[tuple[str, str], ...], text: str) -> tuple[str, str] | None:
        for name, value in labels:
            if len(name.encode()) > self.limits.max_label_name_length:
                shown = f"stream '{text}' has label name too long: '{name}'"
                return "label_name_too_long", shown
            if len(value.encode()) > self.limits.max_label_value_length:
                shown = f"stream '{text}' has label value too long: '{value}'"
                return "label_value_too_long", shown
        return None

    def _batch(
        self, labels: tuple[tuple[str, str], ...], one: Received, now: int
    ) -> tuple[Batch, list[Refusal]]:
        one = one._replace(lines=self._cut(one.lines))
        refusals = self._refused_entries(labels, one, now) if self._suspect(one, now) else {}
        if refusals:
            one = _without(one, refusals)
        stream_level = levels.given(dict(labels)) if self.limits.discover_log_levels else None
        times = self._spread(one) if self.limits.increment_duplicate_timestamp else one.times
        metadata, sizes = self._metadata(one, stream_level)
        batch = Batch(labels, times, _as_utf8(one.lines), metadata, sizes)
        return batch, list(refusals.values())

    def _cut(self, lines: list[bytes]) -> list[bytes]:
        most = self.limits.max_line_size
        if not (most and self.limits.max_line_size_truncate) or max(map(len, lines)) <= most:
            return lines
        return [line[:most] for line in lines]

    def _suspect(self, one: Received, now: int) -> bool:
        """Look at all entries at once: nearly always there is nothing to refuse."""
        limits = self.limits
        return (
            (limits.reject_old_samples and min(one.times) < now - limits.reject_old_samples_max_age)
            or max(one.times) > now + limits.creation_grace_period
            or bool(limits.max_line_size and max(map(len, one.lines)) > limits.max_line_size)
            or one.metadata is not None
        )

    def _refused_entries(
        self, labels: tuple[tuple[str, str], ...], one: Received, now: int
    ) -> dict[int, Refusal]:
        text = label_text.written(dict(labels))
        metadata = one.metadata or [None] * len(one.times)
        found = {}
        for i, (time, line, pairs) in enumerate(zip(one.times, one.lines, metadata, strict=True)):
            wrong = self._wrong_time(text, time, now) or self._wrong_size(text, line, pairs or [])
            if wrong:
                found[i] = Refusal(*wrong, 1, len(line) + _size(pairs))
        return found

    def _wrong_time(self, text: str, time: int, now: int) -> tuple[str, str] | None:
        oldest = now - self.limits.reject_old_samples_max_age
        if self.limits.reject_old_samples and time < oldest:
            shown = (
                f"entry for stream '{text}' has timestamp too old: {rfc3339(time)}, "
                f"oldest acceptable timestamp is: {rfc3339(oldest)}"
            )
            return "greater_than_max_sample_age", shown
        if time > now + self.limits.creation_grace_period:
            shown = f"entry for stream '{text}' has timestamp too new: {rfc3339(time)}"
            return "too_far_in_future", shown
        return None

    def _wrong_size(
        self, text: str, line: bytes, pairs: list[tuple[str, str]]
    ) -> tuple[str, str] | None:
        most = self.limits.max_line_size
        if most and len(line) > most:
            shown = (
                f"max entry size '{most}' bytes exceeded for stream '{text}' "
                f"while adding an entry with length '{len(line)}' bytes"
            )
            return "line_too_long", shown
        return self._wrong_metadata(text, pairs) if pairs else None

    def _wrong_metadata(self, text: str, pairs: list[tuple[str, str]]) -> tuple[str, str] | None:
        if not self.limits.allow_structured_metadata:
            shown = (
                f"stream '{text}' includes structured metadata, but this feature is disallowed. "
                "Please see `limits_config.allow_structured_metadata`"
            )
            return "disallowed_structured_metadata", shown
        size, most = _size(pairs), self.limits.max_structured_metadata_size
        if most and size > most:
            shown = (
                f"stream '{text}' has structured metadata too large: '{size}' bytes, "
                f"limit: '{most}' bytes. Please see `limits_config.max_structured_metadata_size`"
            )
            return "structured_metadata_too_large", shown
        most = self.limits.max_structured_metadata_entries_count
        if most and len(pairs) > most:
            shown = (
                f"stream '{text}' has too many structured metadata labels: '{len(pairs)}', limit: "
                f"'{most}'. Please see `limits_config.max_structured_metadata_entries_count`"
            )
            return "structured_metadata_too_many", shown
        return None

    def _spread(self, one: Received) -> list[int]:
        """Make equal times of different lines differ, where the configuration asks for it."""
        times = list(one.times)
        given = times[0] if times else 0
        for i in range(1, len(times)):
            same = times[i] in {given, times[i - 1]}
            if same and one.lines[i] != one.lines[i - 1]:
                times[i] = times[i - 1] + 1
            else:
                given = times[i]
        return times

    def _metadata(self, one: Received, level: str | None) -> tuple[list[bytes], list[int] | None]:
        discover = self.limits.discover_log_levels and self.limits.allow_structured_metadata
        if one.metadata is None:
            if not discover:
                return [b""] * len(one.lines), None
            if level:
                return [_encoded((("detected_level", level),))] * len(one.lines), None
            return [_level(found) for found in levels.of_lines(one.lines)], None
        metadata = [_normal(tuple(pairs or ())) for pairs in one.metadata]
        sizes = [
            len(line) + _size(pairs) for line, pairs in zip(one.lines, one.metadata, strict=True)
        ]
        if not discover:
            return [_encoded(pairs) for pairs in metadata], sizes
        detected = [
            _with_level(pairs, line, level) for pairs, line in zip(metadata, one.lines, strict=True)
        ]
        return [_encoded(pairs) for pairs in detected], sizes


def _without(one: Received, refusals: Mapping[int, Refusal]) -> Received:
    kept = [i for i in range(len(one.times)) if i not in refusals]
    return Received(
        one.labels,
        [one.times[i] for i in kept],
        [one.lines[i] for i in kept],
        [one.metadata[i] for i in kept] if one.metadata is not None else None,
    )


def _size(pairs: Sequence[tuple[str, str]] | None) -> int:
    return sum(len(n.encode()) + len(v.encode()) for n, v in pairs or () if n != "detected_level")


def _as_utf8(lines: list[bytes]) -> list[bytes]:
    """Replace what is no UTF-8 in a line, as Loki's answers do; nearly always nothing is."""
    if b"".join(lines).isascii():
        return lines
    return [line.decode("utf-8", "replace").encode() for line in lines]


def _with_level(
    pairs: tuple[tuple[str, str], ...], line: bytes, level: str | None
) -> tuple[tuple[str, str], ...]:
    known = dict(pairs)
    if "detected_level" in known:
        return pairs
    found = level or levels.of_metadata(known) or levels.of_line(line)
    return tuple(sorted((*pairs, ("detected_level", found))))


@lru_cache(maxsize=4096)
def _normal(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Names as Prometheus allows them, sorted; the last of two with one name counts."""
    named = {_name(name): value.replace("\ufffd", " ") for name, value in pairs}
    return tuple(sorted(named.items()))


def _name(name: str) -> str:
    cleaned = re.sub(r"[^a-zA-Z0-9_]", "_", name)
    return f"key_{cleaned}" if cleaned[:1].isdigit() else cleaned


@lru_cache(maxsize=4096)
def _encoded(pairs: tuple[tuple[str, str], ...]) -> bytes:
    if not pairs:
        return b""
    return json.dumps(dict(pairs), ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def _level(name: str) -> bytes:
    if name not in ONE_LEVEL:
        ONE_LEVEL[name] = _encoded((("detected_level", name),))
    return ONE_LEVEL[name]
