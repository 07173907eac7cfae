"""`POST /loki/api/v1/push`: 204 when every line is on the disk."""

import asyncio
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import Message

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from batten.loki.ingest import json_push, protobuf
from batten.loki.ingest.errors import PushError
from batten.loki.ingest.received import Received
from batten.loki.ingest.refusals import Refusal
from batten.loki.ingest.rules import Batch, Rules
from batten.loki.limits import MB, Limits
from batten.loki.server.metrics import Metrics
from batten.loki.server.writer import Writer

# So many pushes are held in memory at once; the others wait in their sockets
AT_ONCE = 6
# Unpacked, whatever `max_recv_msg_size` allows packed; a push above the burst is refused anyway
MAX_UNPACKED = 64 * MB


class Push:
    """Decodes a push, applies the rules, has it written."""

    def __init__(self, limits: Limits, writer: Writer, metrics: Metrics, max_bytes: int) -> None:
        self._rules = Rules(limits)
        self._writer = writer
        self._metrics = metrics
        self._max_bytes = max_bytes
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="decode")

    async def handle(self, request: Request) -> Response:
        """Answer 204, or what Loki answers; a 400 may have stored the good lines of the push."""
        async with self._turns:
            body = await self._body(request)
            decode = _decoder(request.headers.get("content-type"))
            encoding = request.headers.get("content-encoding", "")
            loop = asyncio.get_running_loop()
            batches, refusals = await loop.run_in_executor(
                self._pool, self._read, decode, encoding, body
            )
            del body
            admission = await asyncio.wrap_future(self._writer.push(batches, refusals))
        self._metrics.refused(admission.refusals)
        if admission.verdict.status == 204:
            return Response(status_code=204)
        return PlainTextResponse(f"{admission.verdict.text}\n", admission.verdict.status)

    async def _body(self, request: Request) -> bytes:
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > self._max_bytes:
                raise _too_large(size, self._max_bytes)
            parts.append(part)
        return b"".join(parts)

    def _read(
        self, decode: Callable[[bytes], list[Received]], encoding: str, body: bytes
    ) -> tuple[list[Batch], list[Refusal]]:
        received = decode(_unpacked(body, encoding))
        lines = sum(len(one.times) for one in received)
        self._metrics.received(lines, sum(sum(map(len, one.lines)) for one in received))
        return self._rules.apply(received, time.time_ns())

    def close(self) -> None:
        """Nothing is decoded any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _decoder(content_type: str | None) -> Callable[[bytes], list[Received]]:
    if not content_type:
        raise PushError("mime: no media type; send `application/json` or `application/x-protobuf`")
    header = Message()
    header["content-type"] = content_type
    if header.get_content_type() == "application/json":
        return json_push.decode
    return lambda body: protobuf.decode(body, MAX_UNPACKED)


def _unpacked(body: bytes, encoding: str) -> bytes:
    """Undo the content encoding; snappy is undone with the protobuf, of which it is a part."""
    windows = {"gzip": 31, "deflate": -15}
    if encoding in {"", "snappy"}:
        return body
    if encoding not in windows:
        raise PushError(f'Content-Encoding "{encoding}" not supported')
    unpacker = zlib.decompressobj(windows[encoding])
    try:
        unpacked = unpacker.decompress(body, MAX_UNPACKED)
    except zlib.error as error:
        raise PushError(f"{encoding}: invalid header or data") from error
    if unpacker.unconsumed_tail:
        raise _too_large(MAX_UNPACKED + 1, MAX_UNPACKED)
    return unpacked


def _too_large(size: int, limit: int) -> PushError:
    return PushError(f"request body too large: {size} bytes, limit: {limit} bytes", 413)
