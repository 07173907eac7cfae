"""`labels`, `label/<name>/values` and `series`."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from batten.loki.api.params import Form, check_length
from batten.loki.errors import BadRequest
from batten.loki.limits import Limits
from batten.loki.logql import ast
from batten.loki.logql.parse import parse_loosely, parse_selector
from batten.loki.server.queries import Queries
from batten.loki.store import Matcher, Reader


class LabelsApi:
    """Answers what labels and streams there are."""

    def __init__(self, queries: Queries, limits: Limits) -> None:
        self._queries = queries
        self._limits = limits

    async def names(self, request: Request) -> Response:
        """The names of labels."""
        return await self._labels(request, None)

    async def values(self, request: Request) -> Response:
        """The values of one label."""
        return await self._labels(request, request.path_params["name"])

    async def _labels(self, request: Request, name: str | None) -> Response:
        form = await Form.of(request)
        start, end = form.bounds()
        check_length(start, end, self._limits.max_query_length)
        text = form.text("query")
        matchers = parse_selector(text) if text else ()

        def work(reader: Reader) -> list[str]:
            if name is None:
                return reader.label_names(matchers, start, end + 1)
            return reader.label_values(name, matchers, start, end + 1)

        found = await self._queries.run(request, work)
        answer = {"status": "success", **({"data": found} if found else {})}
        return Response(msgspec.json.encode(answer), media_type="application/json; charset=UTF-8")

    async def series(self, request: Request) -> Response:
        """The labels of streams."""
        form = await Form.of(request)
        start, end = form.bounds()
        groups = [_group(text) for text in _matches(form)] or [()]
        check_length(start, end, self._limits.max_query_length)

        def work(reader: Reader) -> list[dict[str, str]]:
            found = {
                stream.id: stream.labels
                for matchers in groups
                for stream in reader.series(matchers, start, end + 1)
            }
            return sorted(found.values(), key=lambda labels: sorted(labels.items()))

        data = await self._queries.run(request, work)
        answer = msgspec.json.encode({"status": "success", "data": data})
        return Response(answer, media_type="application/json; charset=UTF-8")


def _matches(form: Form) -> list[str]:
    texts = form.every("match", "match[]")
    return [] if len(texts) == 1 and texts[0].replace(" ", "") == "{}" else texts


def _group(text: str) -> tuple[Matcher, ...]:
    query = parse_loosely(text)
    if not isinstance(query, ast.LogQuery) or query.stages:
        raise BadRequest("only label matchers are supported")
    return parse_selector(text)
