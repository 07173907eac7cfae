"""A stand-in that answers like an engine with a problem, on a socket of its own."""

import json
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer

import pytest

Answers = dict[str, tuple[int, object]]


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


@pytest.fixture
def socket_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where an engine could listen, and where `Engine.connect` looks for one."""
    folder = Path(tempfile.mkdtemp(prefix="batten"))  # the path of a socket must be short
    folder.chmod(0o755)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{folder}/engine.sock")
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    yield folder / "engine.sock"
    shutil.rmtree(folder)


@pytest.fixture
def stand_in(socket_path: Path) -> Iterator[Callable[[Answers], None]]:
    """Start a stand-in engine: `stand_in({"/version": (200, {…})})`, by the path's last part."""
    servers: list[_Server] = []

    def serve(answers: Answers) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = "/" + self.path.partition("?")[0].rpartition("/")[2]
                status, content = answers.get(name, (404, {"message": "page not found"}))
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        servers.append(_Server(str(socket_path), Handler))
        threading.Thread(target=servers[-1].serve_forever, args=[0.01], daemon=True).start()

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()
