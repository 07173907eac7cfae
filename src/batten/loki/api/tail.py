"""`/loki/api/v1/tail`: new lines over a websocket, as they come."""

import asyncio
import time
from dataclasses import dataclass
from typing import Self, TypeAlias

import msgspec
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from batten.loki.api.params import Form
from batten.loki.errors import BadRequest, RequestError
from batten.loki.limits import HOUR, SECOND, Limits
from batten.loki.logql import ast
from batten.loki.logql.parse import parse
from batten.loki.logql.streams import LogRequest, lines
from batten.loki.store import Reader, Store, StoreError

EVERY_S = 0.5
# Lines that came late in their second are still told
OVERLAP = 5 * SECOND
MOST = 5000
POLICY_VIOLATION = 1008


Item: TypeAlias = tuple[tuple[tuple[str, str], ...], int, str]
"""Labels, time and text of a line."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a client asked for, checked."""

    query: ast.LogQuery
    start: int
    limit: int
    delay: int

    @classmethod
    def of(cls, socket: WebSocket) -> Self:
        form = Form({name: [value] for name, value in socket.query_params.items()}, time.time_ns())
        query = parse(form.text("query"))
        if not isinstance(query, ast.LogQuery):
            raise BadRequest("only log queries can be tailed")
        delay = form.whole("delay_for", 1) if form.text("delay_for") not in {"", "0"} else 0
        return cls(
            query,
            form.moment("start", form.now - HOUR),
            min(form.whole("limit", 100), MOST),
            min(delay, 5) * SECOND,
        )


class TailApi:
    """Asks the store twice a second for what it has not told yet."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._open = 0

    async def handle(self, socket: WebSocket) -> None:
        """Serve one client until it goes; what is wrong with the request is told as HTTP 400."""
        try:
            wanted = _Wanted.of(socket)
            if self._open >= self._limits.max_concurrent_tail_requests:
                raise BadRequest("max concurrent tail requests limit exceeded")
        except RequestError as error:
            await socket.send_denial_response(PlainTextResponse(str(error), error.status))
            return
        await socket.accept()
        self._open += 1
        gone = asyncio.create_task(_until_gone(socket))
        try:
            await self._tell(socket, wanted, gone)
        except (RequestError, StoreError) as error:
            await socket.close(POLICY_VIOLATION, str(error)[:120])
        except WebSocketDisconnect:
            pass
        finally:
            gone.cancel()
            self._open -= 1

    async def _tell(self, socket: WebSocket, wanted: "_Wanted", gone: "asyncio.Task[None]") -> None:
        start, told, first = wanted.start, set[Item](), True
        while not gone.done():
            end = time.time_ns() - wanted.delay
            limit = wanted.limit if first else MOST
            request = LogRequest(wanted.query, start, end, limit, backward=first)
            found = await asyncio.to_thread(self._read, request)
            fresh = [item for item in found if item not in told]
            if fresh:
                await socket.send_text(_message(sorted(fresh, key=lambda item: item[1])))
            start = max(start, end - OVERLAP)
            told = {item for item in {*told, *found} if item[1] >= start}
            first = False
            await asyncio.wait({gone}, timeout=EVERY_S)

    def _read(self, request: LogRequest) -> list[Item]:
        with self._store.reader(self._limits.query_timeout / 1e9) as reader:
            return _taken(reader, request)


def _taken(reader: Reader, request: LogRequest) -> list[Item]:
    found = []
    for labels, line in lines(reader, request):
        found.append((labels, line.ts, line.text))
        if len(found) >= request.limit:
            break
    return found


async def _until_gone(socket: WebSocket) -> None:
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, RuntimeError):
        return


def _message(items: list[Item]) -> str:
    streams: dict[tuple[tuple[str, str], ...], list[list[str]]] = {}
    for labels, ts, text in items:
        streams.setdefault(labels, []).append([str(ts), text])
    told = [{"stream": dict(labels), "values": values} for labels, values in streams.items()]
    return msgspec.json.encode({"streams": told}).decode()
