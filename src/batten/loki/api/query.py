"""`/loki/api/v1/query` and `/loki/api/v1/query_range`."""

import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from batten.loki.api.params import Form, RangeRequest, check_length
from batten.loki.api.stats import stats
from batten.loki.errors import BadRequest
from batten.loki.limits import Limits
from batten.loki.logql import answer, ast
from batten.loki.logql.evaluate import Evaluation, Moments
from batten.loki.logql.parse import TOO_DEEP, parse
from batten.loki.logql.streams import LogRequest, streams
from batten.loki.logql.units import format_float, prometheus_text
from batten.loki.server.queries import Queries
from batten.loki.store import Reader

FLAGS_HEADER = "x-loki-response-encoding-flags"
NO_INSTANT_LOGS = (
    "log queries are not supported as an instant query type, please change your query to a range "
    "query type"
)
MILLISECOND = 1_000_000


class QueryApi:
    """Answers queries, with the limits that Loki has on them."""

    def __init__(self, queries: Queries, limits: Limits) -> None:
        self._queries = queries
        self._limits = limits

    async def range(self, request: Request) -> Response:
        """Lines or samples over a time."""
        wanted = RangeRequest.of(await Form.of(request))
        query = parse(wanted.query)
        if isinstance(query, ast.LogQuery):
            flags = request.headers.get(FLAGS_HEADER, "").split(",")
            categorize = answer.CATEGORIZE in [flag.strip() for flag in flags]
            self._check_entries(wanted.limit)
            self._check_length(wanted.start, wanted.end)
            return await self._logs(request, query, wanted, categorize=categorize)
        self._check_length(wanted.start, wanted.end)
        self._check_intervals(query)
        return await self._matrix(request, query, _aligned(wanted))

    async def instant(self, request: Request) -> Response:
        """Samples of one moment."""
        form = await Form.of(request)
        form.whole("limit", 100)
        at = form.moment("time", form.now)
        form.is_backward()
        query = parse(form.text("query"))
        if isinstance(query, ast.LogQuery):
            raise BadRequest(NO_INSTANT_LOGS)
        self._check_intervals(query)
        begun, moments = time.perf_counter(), Moments(at, at, 0)

        def work(reader: Reader) -> bytes:
            if isinstance(query, ast.Literal):
                value = [answer.seconds(at), format_float(query.value)]
                return answer.encoded("scalar", value, stats(begun, 0))
            vector = Evaluation(reader, moments, self._limits.max_query_series).run(query)[0]
            result = answer.vector_result(query, vector, at)
            return answer.encoded("vector", result, stats(begun, len(result)))

        return await self._run(request, work)

    async def _logs(
        self, request: Request, query: ast.LogQuery, wanted: RangeRequest, *, categorize: bool
    ) -> Response:
        begun = time.perf_counter()
        logs = LogRequest(
            query,
            wanted.start,
            wanted.end,
            wanted.limit,
            wanted.backward,
            wanted.interval // MILLISECOND * MILLISECOND,
            categorize,
        )

        def work(reader: Reader) -> bytes:
            found = streams(reader, logs)
            result = answer.streams_result(found, categorize=categorize)
            returned = sum(map(len, found.values()))
            flags = [answer.CATEGORIZE] if categorize else []
            return answer.encoded("streams", result, stats(begun, returned), flags)

        return await self._run(request, work)

    async def _matrix(self, request: Request, query: ast.Metric, moments: Moments) -> Response:
        begun = time.perf_counter()

        def work(reader: Reader) -> bytes:
            evaluation = Evaluation(reader, moments, self._limits.max_query_series)
            result = answer.matrix_result(evaluation.run(query), moments)
            returned = sum(len(series["values"]) for series in result)
            return answer.encoded("matrix", result, stats(begun, returned))

        return await self._run(request, work)

    async def _run(self, request: Request, work: Callable[[Reader], bytes]) -> Response:
        try:
            body = await self._queries.run(request, work)
        except RecursionError:
            raise BadRequest(TOO_DEEP) from None
        return Response(body, media_type="application/json; charset=UTF-8")

    def _check_entries(self, limit: int) -> None:
        most = self._limits.max_entries_limit_per_query
        if most and limit > most:
            raise BadRequest(
                "max entries limit per query exceeded, limit > max_entries_limit_per_query "
                f"({limit} > {most})"
            )

    def _check_length(self, start: int, end: int) -> None:
        check_length(start, end, self._limits.max_query_length)

    def _check_intervals(self, query: ast.Metric) -> None:
        most = self._limits.max_query_range
        for interval in _intervals(query) if most else ():
            if interval > most:
                raise BadRequest(
                    "[interval] value exceeds limit: "
                    f"[{prometheus_text(interval)}] > [{prometheus_text(most)}]"
                )


def _aligned(wanted: RangeRequest) -> Moments:
    """Loki works metrics out at multiples of the step, from before `start` to after `end`."""
    step = max(wanted.step // MILLISECOND, 1) * MILLISECOND
    return Moments(wanted.start // step * step, -(-wanted.end // step) * step, step)


def _intervals(node: ast.Metric) -> list[int]:
    match node:
        case ast.RangeAggregation():
            return [node.range.interval]
        case ast.VectorAggregation() | ast.LabelReplace():
            return _intervals(node.operand)
        case ast.Binary():
            return _intervals(node.left) + _intervals(node.right)
        case _:
            return []
