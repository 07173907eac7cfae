"""What Prometheus is told: how many requests, with what result, how long they took."""

import time

from prometheus_client import Counter, Histogram, disable_created_metrics
from starlette.types import ASGIApp, Message, Receive, Scope, Send

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series per counter that nobody asks for
REQUESTS = Counter(
    "backend_requests", "Requests answered, by route and status", ["method", "route", "status"]
)
DURATION = Histogram("backend_request_duration_seconds", "Time to answer", ["route"])
METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}


class Metrics:
    """Middleware that counts and times every request.

    The label is the route's pattern, never the path asked for: paths are made up by clients,
    and each would be a time series of its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by way of the application and note the result."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, note_status)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            method = scope["method"] if scope["method"] in METHODS else "other"
            REQUESTS.labels(method, route, status).inc()
            DURATION.labels(route).observe(time.perf_counter() - started)
