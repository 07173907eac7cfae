"""The routes, and which error becomes which status."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from batten.loki import __version__
from batten.loki.config import Config
from batten.loki.errors import RequestError
from batten.loki.ingest.errors import PushError
from batten.loki.ingest.streams import TENANT, Streams
from batten.loki.server.metrics import Metrics
from batten.loki.server.push import Push
from batten.loki.server.queries import Queries
from batten.loki.server.writer import Writer
from batten.loki.store import (
    BadRegex,
    Cancelled,
    Store,
    StoreError,
    TimedOut,
    TooLarge,
    Unavailable,
)

STATUS = {BadRegex: 400, TooLarge: 400, TimedOut: 504, Cancelled: 499, Unavailable: 503}
log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Service:
    """The parts of a running server, and the order in which they end."""

    def __init__(self, config: Config, store: Store) -> None:
        self.config = config
        self.store = store
        self.metrics = Metrics()
        self.streams = Streams(config.limits)
        self.streams.remember(_lately(store, config), time.monotonic())
        self.writer = Writer(store, self.streams, self.metrics.committed)
        self.push = Push(config.limits, self.writer, self.metrics, config.max_recv_bytes)
        self.queries = Queries(store, config.limits, self.metrics, config.max_concurrent)
        self._watch()

    def _watch(self) -> None:
        watch = self.metrics.watch
        watch("batten_loki_store_bytes", "Bytes on disk", self.store.size)
        watch("batten_loki_store_lines", "Lines that are kept", self.store.index.total)
        watch("batten_loki_store_streams", "Streams that are kept", self.store.index.count)
        watch(
            "loki_ingester_memory_streams",
            "Streams that got lines lately",
            lambda: self.streams.active,
            TENANT,
        )

    def close(self) -> None:
        """End: no new push or query, what is queued is written, the files are let go."""
        self.push.close()
        self.queries.close()
        self.writer.close()
        self.store.close()

    async def ready(self, _: Request) -> Response:
        """Say that pushes and queries are taken; the store is open before the port is."""
        return PlainTextResponse("ready\n")

    async def about(self, _: Request) -> Response:
        """Say which server this is, with Loki's fields."""
        return JSONResponse(
            {
                "version": f"batten-loki-{__version__}",
                "revision": "",
                "branch": "",
                "buildUser": "",
                "buildDate": "",
                "goVersion": "",
            }
        )

    async def figures(self, _: Request) -> Response:
        """Tell Prometheus."""
        return Response(self.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    def routes(self) -> list[BaseRoute]:
        """What is answered beside queries."""
        return [
            Route("/ready", self.ready),
            Route("/metrics", self.figures),
            Route("/loki/api/v1/status/buildinfo", self.about),
            Route("/loki/api/v1/push", self.push.handle, methods=["POST"]),
        ]


def _lately(store: Store, config: Config) -> dict[tuple[tuple[str, str], ...], int]:
    """The streams that were active when the server last stopped, with their newest times."""
    now = time.time_ns()
    since = now - config.limits.chunk_idle_period
    found = store.index.streams(since, now + config.limits.creation_grace_period, lambda _: True)
    return {
        tuple(sorted(stream.labels.items())): newest
        for stream in found
        if (newest := store.index.newest(stream.id)) is not None
    }


def create_app(service: Service, more: Sequence[BaseRoute] = ()) -> Starlette:
    """Make the application; `more` are the routes of queries."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        service.close()

    return Starlette(
        routes=[*service.routes(), *more],
        lifespan=lifespan,
        middleware=[Middleware(_Timed, metrics=service.metrics)],
        exception_handlers={
            HTTPException: _http_error,
            PushError: _told,
            RequestError: _told,
            StoreError: _store_error,
            Exception: _unforeseen,
        },
    )


class _Timed:
    """Observes each request, under the route's name as Loki writes it."""

    def __init__(self, app: Callable[..., Awaitable[None]], metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = time.monotonic()
        status = 500

        async def noted(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            # Unknown paths share a name: whoever scans a server must not fill its metrics
            route = scope["path"].strip("/").replace("/", "_") if "endpoint" in scope else "other"
            labels = (scope["method"], route, str(status))
            self._metrics.requests.labels(*labels).observe(time.monotonic() - begin)


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        text = (
            f"404 page not found: `batten-loki` has no `{request.url.path}`; it answers the "
            "endpoints in docs/loki.md, the real Loki has more"
        )
    elif status == 405:
        text = f"`{request.method}` is not for `{request.url.path}`"
    else:
        text = str(getattr(error, "detail", error))
    return PlainTextResponse(f"{text}\n", status)


async def _told(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", getattr(error, "status", 500))


async def _store_error(_: Request, error: Exception) -> Response:
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
    if status >= 500:
        log.error("%s", error)
    return PlainTextResponse(f"{error}\n", status)


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("`%s %s` failed", request.method, request.url.path, exc_info=error)
    return PlainTextResponse(f"internal error: {type(error).__name__}\n", 500)
