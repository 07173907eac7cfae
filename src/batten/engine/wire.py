"""HTTP to the engine without its SDK, for a process that must stay small.

The SDK takes 12 MB of memory before it has asked anything; this takes none beyond the standard
library's. It is for residents; whatever ends after a while uses `Engine`.
"""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from batten.engine.address import Address
from batten.engine.refusal import Silent, refusal
from batten.engine.unreachable import UNREACHABLE, broken
from batten.errors import EngineError

# Seconds that the engine may think about an answer.
PATIENCE = 30.0

Query = dict[str, str | int]


class Wire:
    """One engine at its address; each request has a line of its own.

    A line that is kept would outlive the engine's door: while it shuts down, the engine lets
    nobody new in and still answers those inside. Methods raise EngineError.
    """

    def __init__(self, address: Address) -> None:
        if address.certificates:
            raise EngineError(
                f"the engine at {address} wants TLS, which a resident does not speak",
                hint="run it beside the engine, or behind a proxy that listens on plain TCP",
            )
        self.address = address
        self._prefix: str | None = None

    def ping(self, patience: float) -> None:
        """Raise EngineError where it does not answer in that many seconds."""
        with self._asked("GET", "/_ping", patience=patience) as answer:
            answer.read()

    def get(self, path: str, query: Query | None = None) -> Any:  # noqa: ANN401  # JSON
        """What the engine answers, decoded."""
        with self._asked("GET", self._versioned(path), query) as answer:
            return msgspec.json.decode(answer.read())

    def post(
        self,
        path: str,
        query: Query | None = None,
        body: object = None,
        *,
        patience: float = PATIENCE,
    ) -> bool:
        """Have something done; False where there was nothing to do."""
        with self._asked("POST", self._versioned(path), query, body, patience) as answer:
            answer.read()
            return answer.status != http.HTTPStatus.NOT_MODIFIED

    @contextmanager
    def stream(self, path: str, query: Query | None = None) -> Iterator[Iterator[dict[str, Any]]]:
        """The lines of an answer that does not end, decoded; they end where the engine does."""
        with self._asked("GET", self._versioned(path), query, patience=None) as answer:
            yield self._lines(answer)

    def _lines(self, answer: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
        with self._told():
            for line in answer:
                if line.strip():
                    yield msgspec.json.decode(line)

    def _versioned(self, path: str) -> str:
        """The path in the engine's own version of its API: there are engines without the old ones."""
        if self._prefix is None:
            with self._asked("GET", "/_ping") as answer:
                version = answer.headers.get("Api-Version")
                self._prefix = f"/v{version}" if version else ""
        return self._prefix + path

    @contextmanager
    def _asked(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: object = None,
        patience: float | None = PATIENCE,
    ) -> Iterator[http.client.HTTPResponse]:
        line = self._line(patience or PATIENCE)
        try:
            with self._told():
                content = None if body is None else msgspec.json.encode(body)
                headers = {} if content is None else {"Content-Type": "application/json"}
                target = f"{path}?{urlencode(query)}" if query else path
                line.request(method, target, content, headers)
                answer = line.getresponse()
                if answer.status >= http.HTTPStatus.BAD_REQUEST:
                    raise refusal(_reason(answer), answer.status)
                if patience is None and line.sock:
                    line.sock.settimeout(None)
                yield answer
        finally:
            line.close()

    def _line(self, patience: float) -> http.client.HTTPConnection:
        if self.address.socket:
            return _Socket(str(self.address.socket), patience)
        host = urlsplit(self.address.url)
        return http.client.HTTPConnection(host.hostname or "", host.port, timeout=patience)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what a line raises into what a person is told."""
        try:
            yield
        except TimeoutError as error:
            self._prefix = None
            raise Silent(f"the Docker engine at {self.address} does not answer") from error
        except (OSError, http.client.HTTPException, msgspec.DecodeError) as error:
            # Whoever answers next may be another version of it.
            self._prefix = None
            say = UNREACHABLE.get(getattr(error, "errno", None) or 0, broken)
            raise say(self.address) from error


class _Socket(http.client.HTTPConnection):
    """A line over a socket file."""

    def __init__(self, path: str, patience: float) -> None:
        super().__init__("engine", timeout=patience)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _reason(answer: http.client.HTTPResponse) -> str:
    """The engine's own words; a proxy in between has others."""
    text = answer.read().decode(errors="replace")
    try:
        return str(msgspec.json.decode(text)["message"])
    except (msgspec.DecodeError, TypeError, KeyError):
        return text or answer.reason
