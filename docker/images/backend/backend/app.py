"""The routes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.bucket import Bucket
from backend.counter import Counter
from backend.dependency import Unavailable
from backend.metrics import Metrics
from backend.notes import Note, Notes
from backend.settings import MAX_TEXT, Settings

LATEST = 10
ABOUT = {
    "name": "backend",
    "about": "keeps notes: rows in Postgres, texts in S3, a count in Redis",
    "routes": ["POST /notes", "GET /notes", "GET /notes/{id}", "GET /healthz", "GET /readyz"],
}
log = logging.getLogger("backend")


async def about(_: Request) -> Response:
    """Say what this is."""
    return JSONResponse(ABOUT)


async def healthz(_: Request) -> Response:
    """Say that the process answers; asks no dependency, or one outage would restart them all."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Ask every dependency, and name those that do not answer."""
    state = request.app.state
    asked = {"postgres": state.notes, "redis": state.counter, "s3": state.bucket}
    answers = await asyncio.gather(*(_ping(one) for one in asked.values()))
    ready = all(answer == "ok" for answer in answers)
    return JSONResponse(
        {"status": "ok" if ready else "unavailable", **dict(zip(asked, answers, strict=True))},
        200 if ready else 503,
    )


async def _ping(dependency: Notes | Counter | Bucket) -> str:
    try:
        await dependency.ping()
    except Unavailable as error:
        return error.reason
    return "ok"


async def metrics(_: Request) -> Response:
    """Tell Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def add_note(request: Request) -> Response:
    """Store a note in all three places.

    The row comes last and makes the note exist: a failure before it leaves at most an object
    that nothing points to and a number that was skipped, never half a note.
    """
    text = await _text_of(request)
    state = request.app.state
    note_id = uuid4()
    key = await state.bucket.put(note_id, text)
    count = await state.counter.add()
    note = await state.notes.add(note_id, text)
    return JSONResponse({**_json(note), "count": count, "object": key}, 201)


async def get_note(request: Request) -> Response:
    """Read a note's row and its object back."""
    try:
        note_id = UUID(request.path_params["id"])
    except ValueError:
        raise HTTPException(404, "no such note") from None
    note = await request.app.state.notes.get(note_id)
    if note is None:
        raise HTTPException(404, "no such note")
    return JSONResponse({**_json(note), "object": await request.app.state.bucket.get(note_id)})


async def list_notes(request: Request) -> Response:
    """Read the newest notes, newest first."""
    return JSONResponse([_json(note) for note in await request.app.state.notes.latest(LATEST)])


async def _text_of(request: Request) -> str:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_TEXT:
            raise HTTPException(413, f"a note has at most {MAX_TEXT} bytes")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "the text is not UTF-8") from None
    if not text.strip():
        raise HTTPException(400, "the text is empty")
    if "\0" in text:
        raise HTTPException(400, "the text holds a NUL character, which Postgres cannot store")
    return text


def _json(note: Note) -> dict[str, Any]:
    return {"id": str(note.id), "text": note.text, "created": note.created.isoformat()}


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for no other
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


async def _unavailable(_: Request, error: Exception) -> Response:
    assert isinstance(error, Unavailable)  # noqa: S101 - it is registered for no other
    log.warning("%s", error)
    return JSONResponse({"error": str(error), "dependency": error.dependency}, 503)


async def _failed(_: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "internal error"}, 500)


def create_app(settings: Settings) -> Starlette:
    """Put the application together; nothing is connected before it starts."""
    notes, counter = Notes.connect(settings), Counter.connect(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.notes, app.state.counter = notes, counter
        app.state.bucket = Bucket.connect(settings)
        # The client of S3 waits in threads; the default would be as few as there are cores.
        threads = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="s3")
        asyncio.get_running_loop().set_default_executor(threads)
        await notes.open()
        yield
        await notes.close()
        await counter.close()

    return Starlette(
        routes=[
            Route("/", about),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/notes", list_notes),
            Route("/notes", add_note, methods=["POST"]),
            Route("/notes/{id}", get_note),
        ],
        middleware=[Middleware(Metrics)],
        exception_handlers={
            HTTPException: _refused,
            Unavailable: _unavailable,
            Exception: _failed,
        },
        lifespan=lifespan,
    )
