"""`index/stats`, `index/volume` and `index/volume_range`."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from batten.loki.api.params import Form, RangeRequest, check_length
from batten.loki.errors import BadRequest
from batten.loki.limits import Limits
from batten.loki.logql import ast
from batten.loki.logql.answer import seconds
from batten.loki.logql.parse import parse_loosely
from batten.loki.logql.show import shown_labels
from batten.loki.server.queries import Queries
from batten.loki.store import Matcher, Reader


class IndexApi:
    """Answers how much there is."""

    def __init__(self, queries: Queries, limits: Limits) -> None:
        self._queries = queries
        self._limits = limits

    async def stats(self, request: Request) -> Response:
        """How many streams, lines and bytes a selector has; there are no chunks here."""
        form = await Form.of(request)
        start, end = form.bounds()
        matchers = _matchers(form.text("query"))
        check_length(start, end, self._limits.max_query_length)

        def work(reader: Reader) -> dict[str, int]:
            found = reader.stats(matchers, start, end)
            return {
                "streams": found.streams,
                "chunks": found.streams,
                "bytes": found.bytes,
                "entries": found.entries,
            }

        return _json(await self._queries.run(request, work))

    async def volume(self, request: Request) -> Response:
        """Bytes by labels."""
        form = await Form.of(request)
        start, end = form.bounds()
        check_length(start, end, self._limits.max_query_length)
        query = _Volume(form)

        def work(reader: Reader) -> list[dict[str, object]]:
            totals = query.totals(reader, end, end, 0, max(end - start, 1))
            ranked = sorted(totals.items(), key=lambda item: (-sum(item[1].values()), item[0]))
            return [
                {
                    "metric": query.labels[name],
                    "value": [seconds(end), str(sum(times.values()))],
                }
                for name, times in ranked[: query.limit]
            ]

        result = await self._queries.run(request, work)
        return _answer("vector", result)

    async def volume_range(self, request: Request) -> Response:
        """Bytes by labels, for each step."""
        form = await Form.of(request)
        wanted = RangeRequest.of(form)
        check_length(wanted.start, wanted.end, self._limits.max_query_length)
        query = _Volume(form)

        def work(reader: Reader) -> list[dict[str, object]]:
            first = wanted.start // wanted.step * wanted.step
            totals = query.totals(
                reader, first + wanted.step, wanted.end + wanted.step, wanted.step, wanted.step
            )
            ranked = sorted(totals.items(), key=lambda item: (-sum(item[1].values()), item[0]))
            return [
                {
                    "metric": query.labels[name],
                    "values": [
                        # The last millisecond of the step
                        [seconds(t - 1_000_000), str(size)]
                        for t, size in sorted(times.items())
                    ],
                }
                for name, times in ranked[: query.limit]
            ]

        result = await self._queries.run(request, work)
        return _answer("matrix", result)


class _Volume:
    """What a volume is asked for, and the labels of its groups."""

    def __init__(self, form: Form) -> None:
        self.matchers = _matchers(form.text("query"))
        self.limit = form.whole("limit", 100)
        self.targets = [name for name in form.text("targetLabels").split(",") if name]
        by = form.text("aggregateBy") or "series"
        if by not in {"series", "labels"}:
            raise BadRequest("invalid aggregation option")
        self.by_labels = by == "labels"
        self.labels: dict[str, dict[str, str]] = {}

    def totals(
        self, reader: Reader, start: int, end: int, step: int, range_: int
    ) -> dict[str, dict[int, int]]:
        """Bytes by group and time."""
        counts = reader.count(
            self.matchers, (), start, end, step, range_, what="bytes", by_metadata=False
        )
        totals: dict[str, dict[int, int]] = {}
        for (stream, _), times in counts.items():
            for name in self._groups(reader.labels_of(stream)):
                into = totals.setdefault(name, {})
                for t, size in times.items():
                    into[t] = into.get(t, 0) + size
        return totals

    def _groups(self, labels: dict[str, str]) -> list[str]:
        names = self.targets or [matcher.name for matcher in self.matchers if matcher.name]
        if self.by_labels:
            names = self.targets or list(labels)
            for name in names:
                self.labels[name] = {name: ""}
            return [name for name in names if name in labels]
        kept = {name: labels[name] for name in names if name in labels}
        kept = kept or (labels if not names else {})
        if not kept:
            return []
        shown = shown_labels(kept)
        self.labels[shown] = dict(sorted(kept.items()))
        return [shown]


def _matchers(text: str) -> tuple[Matcher, ...]:
    query = parse_loosely(text)
    if not isinstance(query, ast.LogQuery) or query.stages:
        raise BadRequest("only label matchers are supported")
    return query.matchers


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json; charset=UTF-8")


def _answer(kind: str, result: object) -> Response:
    data = {"resultType": kind, "result": result, "stats": {}}
    return _json({"status": "success", "data": data})
