"""A stand-in for Loki: it keeps what a test puts in, and answers as Loki's API does."""

import json
import re
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

SECOND = 1_000_000_000
Entry = tuple[int, str, dict[str, str]]
_MATCHER = re.compile(r'(\w+)(=~?)("(?:[^"\\]|\\.)*")')
_FILTER = re.compile(r'\|= ("(?:[^"\\]|\\.)*")')


class StandIn:
    """Entries, the most that one query may ask for, and whether it answers at all."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._streams: dict[str, dict[str, str]] = {}
        self.most = 5000
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self.headers: list[Any] = []
        self.samples: dict[str, Any] = {}

    def put(self, time_ns: int, text: str, service: str = "web", **labels: str) -> None:
        """One line of a service of the project `shop`."""
        own = {"compose_project": "shop", "compose_service": service} | labels
        shared = self._streams.setdefault(json.dumps(own), own)
        self.entries.append((time_ns, text, shared))

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        """Status and content."""
        self.asked.append(query)
        if self.status != 200:
            return self.status, "too early"
        if path.endswith("/query"):
            return 200, {"status": "success", "data": self.samples}
        if path.endswith("/values"):
            label = path.split("/")[-2]
            found = {one[2][label] for one in self._selected(query["query"]) if label in one[2]}
            return 200, {"status": "success", "data": sorted(found)}
        if "boom" in query["query"]:
            return 400, "parse error at line 1, col 1: syntax error"
        return self._range(query)

    def _range(self, query: dict[str, str]) -> tuple[int, Any]:
        limit = int(query["limit"])
        if limit > self.most:
            return 400, (
                "max entries limit per query exceeded, limit > max_entries_limit_per_query "
                f"({limit} > {self.most})"
            )
        start, end = int(query["start"]), int(query["end"])
        chosen = sorted(
            (one for one in self._selected(query["query"]) if start <= one[0] < end),
            key=lambda one: one[0],
            reverse=query["direction"] == "backward",
        )[:limit]
        streams: dict[int, Any] = {}
        for time_ns, text, labels in chosen:
            stream = streams.setdefault(id(labels), {"stream": labels, "values": []})
            stream["values"].append([str(time_ns), text])
        data = {"resultType": "streams", "result": list(streams.values())}
        return 200, {"status": "success", "data": data}

    def _selected(self, query: str) -> list[Entry]:
        head, _, tail = query.partition("}")
        matchers = [(name, op, json.loads(value)) for name, op, value in _MATCHER.findall(head)]
        texts = [json.loads(text) for text in _FILTER.findall(tail)]
        chosen = {
            id(labels)
            for labels in list(self._streams.values())
            if all(
                re.fullmatch(value if op == "=~" else re.escape(value), labels.get(name, ""))
                for name, op, value in matchers
            )
        }
        return [
            one
            for one in list(self.entries)
            if id(one[2]) in chosen and all(text in one[1] for text in texts)
        ]


class StandInServer(StandIn):
    """The same, listening at `url`."""

    def __init__(self) -> None:
        super().__init__()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # an answer in one piece, or each would wait for an acknowledgement

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                stand_in.headers.append(self.headers)
                status, content = stand_in.answer(path, dict(urllib.parse.parse_qsl(query)))
                body = (content if isinstance(content, str) else json.dumps(content)).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()

    def close(self) -> None:
        """Hang up, so that nothing answers any more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def stand_in() -> Iterator[StandInServer]:
    """A stand-in Loki that listens."""
    server = StandInServer()
    yield server
    server.close()
