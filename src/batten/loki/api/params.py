"""What stands in a request: times, durations and numbers, read as Loki reads them."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import parse_qsl

from starlette.requests import Request

from batten.loki.errors import BadRequest
from batten.loki.limits import HOUR, SECOND
from batten.loki.logql.units import (
    go_quote,
    parse_float,
    prometheus_duration,
    prometheus_text,
)

MOST_POINTS = 11_000


@dataclass(frozen=True, slots=True)
class Form:
    """The parameters of the address and of the body together; the body's come first."""

    values: Mapping[str, Sequence[str]]
    now: int

    @classmethod
    async def of(cls, request: Request) -> Self:
        """Read a request."""
        values: dict[str, list[str]] = {}
        pairs = request.query_params.multi_items()
        if request.method == "POST":
            body = (await request.body()).decode(errors="replace")
            pairs = parse_qsl(body, keep_blank_values=True) + pairs
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        return cls(values, time.time_ns())

    def text(self, name: str) -> str:
        """The first value, or nothing."""
        return (self.values.get(name) or [""])[0]

    def every(self, *names: str) -> list[str]:
        """All values of the names, each once, sorted."""
        return sorted({value for name in names for value in self.values.get(name, [])})

    def whole(self, name: str, default: int) -> int:
        """A number above 0; BadRequest."""
        text = self.text(name)
        value = default
        if text:
            try:
                value = int(text) if text.isascii() and "_" not in text else int("x")
            except ValueError:
                raise BadRequest(
                    f"strconv.Atoi: parsing {go_quote(text)}: invalid syntax"
                ) from None
        if value <= 0:
            raise BadRequest("limit must be a positive value")
        return value

    def moment(self, name: str, default: int) -> int:
        """A time: seconds (with a point, or up to ten digits), nanoseconds, or RFC 3339."""
        text = self.text(name)
        if not text:
            return default
        try:
            return _moment(text)
        except ValueError:
            raise BadRequest(
                f"strconv.ParseInt: parsing {go_quote(text)}: invalid syntax"
            ) from None

    def bounds(self) -> tuple[int, int]:
        """`start` and `end`: the last hour, or `since`, where nothing else is said."""
        since = HOUR
        if text := self.text("since"):
            try:
                since = prometheus_duration(text)
            except ValueError as error:
                raise BadRequest(f"could not parse 'since' parameter: {error}") from None
        end = self._bound("end", self.now)
        return self._bound("start", min(end, self.now) - since), end

    def _bound(self, name: str, default: int) -> int:
        try:
            return self.moment(name, default)
        except BadRequest as error:
            raise BadRequest(f"could not parse '{name}' parameter: {error}") from None

    def span(self, name: str) -> int | None:
        """Seconds, or a duration, in nanoseconds; None where it is not given."""
        text = self.text(name)
        if not text:
            return None
        try:
            seconds = parse_float(text)
        except ValueError:
            try:
                return prometheus_duration(text)
            except ValueError:
                raise BadRequest(f"cannot parse {go_quote(text)} to a valid duration") from None
        if not abs(seconds) * SECOND < 1 << 63:
            raise BadRequest(
                f"cannot parse {go_quote(text)} to a valid duration. It overflows int64"
            )
        return int(seconds * SECOND)

    def is_backward(self) -> bool:
        """The direction; BadRequest."""
        text = self.text("direction") or "backward"
        if text.upper() not in {"BACKWARD", "FORWARD"}:
            raise BadRequest(f"invalid direction '{text}'")
        return text.upper() == "BACKWARD"


def _moment(text: str) -> int:
    if "." in text:
        try:
            fraction, whole = math.modf(parse_float(text))
            return int(whole) * SECOND + int(_rounded(fraction * 1000) / 1000 * SECOND)
        except (ValueError, OverflowError):
            pass
    digits = text.removeprefix("-").removeprefix("+")
    if digits.isdigit() and digits.isascii():
        return int(text) * SECOND if len(text) <= 10 else int(text)
    return _rfc3339(text)


def _rounded(value: float) -> float:
    """Half away from zero, as Go does."""
    return math.copysign(math.floor(abs(value) + 0.5), value)


def _rfc3339(text: str) -> int:
    if "T" not in text or not (text.endswith("Z") or text[-6:-5] in {"+", "-"}):
        raise ValueError(text)
    head, point, rest = text.partition(".")
    digits = ""
    if point:
        digits = rest[: next((i for i, c in enumerate(rest) if not c.isdigit()), len(rest))]
        head += rest[len(digits) :]
    whole = datetime.fromisoformat(head)
    if whole.tzinfo is None:
        raise ValueError(text)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    delta = whole - epoch
    seconds = delta.days * 86_400 + delta.seconds
    return seconds * SECOND + int(digits[:9].ljust(9, "0") or 0)


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """The parameters of a query over time, checked."""

    query: str
    start: int
    end: int
    limit: int
    backward: bool
    step: int
    interval: int

    @classmethod
    def of(cls, form: Form) -> Self:
        """Read and check in the order in which Loki does; BadRequest."""
        start, end = form.bounds()
        if end < start:
            raise BadRequest("end timestamp must not be before or equal to start time")
        limit = form.whole("limit", 100)
        backward = form.is_backward()
        step = form.span("step")
        if step is None:
            step = max((end - start) // SECOND // 250, 1) * SECOND
        if step <= 0:
            raise BadRequest(
                "zero or negative query resolution step widths are not accepted. "
                "Try a positive integer"
            )
        if (end - start) // step > MOST_POINTS:
            raise BadRequest(
                "exceeded maximum resolution of 11,000 points per time series. "
                "Try increasing the value of the step parameter"
            )
        interval = form.span("interval") or 0
        if interval < 0:
            raise BadRequest("interval must be >= 0")
        return cls(form.text("query"), start, end, limit, backward, step, interval)


def go_length(ns: int) -> str:
    """A duration as Go writes it: `721h0m0s`."""
    seconds, rest = divmod(ns, SECOND)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    shown = f"{seconds + rest / SECOND:g}s"
    if hours:
        return f"{hours}h{minutes}m{shown}"
    return f"{minutes}m{shown}" if minutes else shown


def check_length(start: int, end: int, most: int) -> None:
    """Refuse a query over a longer time than the limits allow."""
    if most and end - start > most:
        raise BadRequest(
            f"the query time range exceeds the limit (query length: {go_length(end - start)}, "
            f"limit: {prometheus_text(most)})"
        )
