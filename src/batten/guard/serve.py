"""The guard's own address: `/health`, `/metrics` and `/status`."""

import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import TYPE_CHECKING

import msgspec

from batten.engine import cgroup
from batten.engine.cgroup import Usage
from batten.errors import InputError
from batten.guard.metrics import CONTENT_TYPE, exposition
from batten.guard.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

# Seconds for one who asks and then says nothing.
_PATIENCE = 5


class Window:
    """The latest view, and what containers use at this moment."""

    def __init__(self) -> None:
        self.view = View(trouble="the guard has not looked yet")

    def show(self, view: View) -> None:
        """Replace what is shown."""
        self.view = view

    def usages(self) -> dict[str, Usage]:
        """What the running containers use, by id; without those that cannot be read."""
        running = (one.id for one in self.view.containers if one.running)
        found = ((container, cgroup.read_by_id(container)) for container in running)
        return {container: usage for container, usage in found if usage}


def serve(window: Window, host: str, port: int) -> TCPServer:
    """Answer in a thread of its own; raise InputError where the port is taken."""
    try:
        server = _Server((host, port), _handler(window))
    except OSError as error:
        raise InputError(
            f"the guard cannot listen on `{host}:{port}`: {error.strerror}",
            hint="name another address with `--listen`",
        ) from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Server(TCPServer):
    """Python's own would look its name up, and wait for that."""

    allow_reuse_address = True


def _handler(window: Window) -> type[BaseHTTPRequestHandler]:
    """One thread answers one after the other: nobody but Prometheus and a probe asks."""
    pages: dict[str, Callable[[], tuple[int, str, bytes]]] = {
        "/health": lambda: _health(window.view),
        "/metrics": lambda: _metrics(window),
        "/status": lambda: _status(window.view),
    }

    class Handler(BaseHTTPRequestHandler):
        timeout = _PATIENCE

        def do_GET(self) -> None:  # the base class calls it so
            page = pages.get(self.path.partition("?")[0])
            if page is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            code, kind, content = page()
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nobody wants to read who asked."""

    return Handler


def _health(view: View) -> tuple[int, str, bytes]:
    """Well is a guard that sees the engine."""
    code = HTTPStatus.SERVICE_UNAVAILABLE if view.trouble else HTTPStatus.OK
    return code, "text/plain; charset=utf-8", f"{view.trouble or 'ok'}\n".encode()


def _metrics(window: Window) -> tuple[int, str, bytes]:
    text = exposition(window.view, window.usages(), time.time())
    return HTTPStatus.OK, CONTENT_TYPE, text.encode()


def _status(view: View) -> tuple[int, str, bytes]:
    return HTTPStatus.OK, "application/json", msgspec.json.encode(view)
