"""The endpoints that answer queries."""

from starlette.routing import BaseRoute, Route, WebSocketRoute

from batten.loki.api.index import IndexApi
from batten.loki.api.labels import LabelsApi
from batten.loki.api.query import QueryApi
from batten.loki.api.tail import TailApi
from batten.loki.api.unsupported import unsupported
from batten.loki.limits import Limits
from batten.loki.server.queries import Queries
from batten.loki.store import Store

PREFIX = "/loki/api/v1"
BOTH = ["GET", "POST"]


def routes(store: Store, queries: Queries, limits: Limits) -> list[BaseRoute]:
    """What the server answers beside pushes."""
    query, labels = QueryApi(queries, limits), LabelsApi(queries, limits)
    index, tail = IndexApi(queries, limits), TailApi(store, limits)
    return [
        Route(f"{PREFIX}/query", query.instant, methods=BOTH),
        Route(f"{PREFIX}/query_range", query.range, methods=BOTH),
        Route(f"{PREFIX}/labels", labels.names, methods=BOTH),
        Route(f"{PREFIX}/label", labels.names, methods=BOTH),
        Route(f"{PREFIX}/label/{{name}}/values", labels.values, methods=BOTH),
        Route(f"{PREFIX}/series", labels.series, methods=BOTH),
        Route(f"{PREFIX}/index/stats", index.stats, methods=BOTH),
        Route(f"{PREFIX}/index/volume", index.volume, methods=BOTH),
        Route(f"{PREFIX}/index/volume_range", index.volume_range, methods=BOTH),
        WebSocketRoute(f"{PREFIX}/tail", tail.handle),
        *unsupported(PREFIX),
    ]


__all__ = ["routes"]
