"""What Loki answers and this server does not: it says so by name."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

PATHS = (
    "patterns",
    "detected_fields",
    "detected_field/{name}/values",
    "detected_labels",
    "format_query",
    "index/shards",
    "rules",
    "delete",
)


async def _refused(request: Request) -> Response:
    text = f"batten-loki does not support `{request.url.path}`; the real Loki does\n"
    return PlainTextResponse(text, 501)


def unsupported(prefix: str) -> list[BaseRoute]:
    """Routes that answer 501."""
    methods = ["GET", "POST", "PUT", "DELETE"]
    return [Route(f"{prefix}/{path}", _refused, methods=methods) for path in PATHS]
