"""A spool written frame by frame, and a stand-in for Loki that can be made to misbehave."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import cramjam
import pytest

from batten.driver.shipper.endpoint import Endpoints
from batten.driver.shipper.engine import Engine
from batten.driver.shipper.feed import Feed
from batten.driver.spool import Spool, Stream

CONTAINER = "c0ffee" + "0" * 58
T0 = 1_795_000_000_123_456_789


def number(value: int) -> bytes:
    """A protobuf varint."""
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + number(value >> 7)


def field(tag: int, value: bytes | int) -> bytes:
    """A protobuf field: a varint or bytes."""
    if isinstance(value, int):
        return number(tag << 3) + number(value)
    return number(tag << 3 | 2) + number(len(value)) + value


class Line(NamedTuple):
    """One entry as the engine writes it; `piece` is (id, ordinal, last) of a part of a line."""

    time_ns: int
    text: bytes
    source: str = "stdout"
    piece: tuple[bytes, int, bool] | None = None

    def frame(self) -> bytes:
        """The entry as it comes out of the FIFO."""
        parts = [field(1, self.source.encode()), field(2, self.time_ns)]
        if self.text:
            parts.append(field(3, self.text))
        if self.piece:
            identity, ordinal, last = self.piece
            inside = (field(1, 1) if last else b"") + field(2, identity) + field(3, ordinal)
            parts += [field(4, 1), field(5, inside)]
        body = b"".join(parts)
        return len(body).to_bytes(4, "big") + body


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Tag and value of each field; written apart from the code under test."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        assert key & 7 in {0, 2}
        if key & 7 == 2:
            value, at = data[at : at + value], at + value  # type: ignore[assignment]
            assert at <= len(data)
        yield key >> 3, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    shift = value = 0
    while data[at] > 127:
        value += (data[at] & 127) << shift
        shift, at = shift + 7, at + 1
    return value + (data[at] << shift), at + 1


class Push(NamedTuple):
    """What came in one request: headers, and labels with (time, line) for each stream."""

    headers: dict[str, str]
    streams: list[tuple[str, list[tuple[int, bytes]]]]


class Reply(NamedTuple):
    """What to answer; `store` says whether the lines are taken. Status 0 cuts the connection."""

    status: int
    text: str = ""
    store: bool = False
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed


def decode(body: bytes) -> list[tuple[str, list[tuple[int, bytes]]]]:
    """The streams of a PushRequest."""
    found = []
    for tag, stream in fields(bytes(cramjam.snappy.decompress_raw(body))):
        assert tag == 1
        labels = next(value for key, value in fields(stream) if key == 1).decode()
        found.append((labels, [_entry(value) for key, value in fields(stream) if key == 2]))
    return found


def _entry(data: bytes) -> tuple[int, bytes]:
    entry = dict(fields(data))
    time = dict(fields(entry[1]))
    assert 0 <= time.get(2, 0) < 1_000_000_000
    return time.get(1, 0) * 1_000_000_000 + time.get(2, 0), entry.get(2, b"")


class StandIn:
    """Stands in for Loki: keeps what is pushed, each (stream, time, line) once, as Loki does.

    `script` is asked first and may decide the answer. What is said in it was recorded from Loki.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pushes: list[Push] = []
        self.streams: dict[str, list[tuple[int, bytes]]] = {}
        self.script: Callable[[Push], Reply | None] = lambda _: None
        self.longest = 262144
        self._known: set[tuple[str, int, bytes]] = set()
        self._lock = threading.Lock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.title(): text for name, text in self.headers.items()}
                reply = stand_in.answer(Push(headers | {":path": self.path}, decode(body)))
                if not reply.status:
                    self.close_connection = True
                    return
                text = reply.text.encode()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 204:
                    self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where to push."""
        return f"http://127.0.0.1:{self._server.server_port}/loki/api/v1/push"

    def answer(self, push: Push) -> Reply:
        """Take a push as Loki would, unless the script says otherwise."""
        with self._lock:
            self.pushes.append(push)
            reply = self.script(push)
            if reply is None or reply.store:
                refused = self._store(push)
                reply = reply or (Reply(400, refused) if refused else Reply(204))
            return reply

    def _store(self, push: Push) -> str:
        refused = ""
        for labels, entries in push.streams:
            for time_ns, line in entries:
                if len(line) > self.longest:
                    refused = (
                        f"max entry size '{self.longest}' bytes exceeded for stream '{labels}' "
                        f"while adding an entry with length '{len(line)}' bytes\n"
                    )
                elif (labels, time_ns, line) not in self._known:
                    self._known.add((labels, time_ns, line))
                    self.streams.setdefault(labels, []).append((time_ns, line))
        return refused

    def lines(self, source: str = "stdout") -> list[bytes]:
        """The lines of a source in the order in which they were taken."""
        return [
            line
            for labels, entries in self.streams.items()
            for _, line in entries
            if f'source="{source}"' in labels
        ]

    def close(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def loki() -> Iterator[StandIn]:
    """A stand-in for Loki."""
    stand_in = StandIn()
    yield stand_in
    stand_in.close()


class Writer:
    """Writes a stream as the acceptor does; `options` are the container's log options."""

    def __init__(
        self,
        root: Path,
        url: str,
        *,
        container: str = CONTAINER,
        started_ns: int = T0,
        **info: Any,  # noqa: ANN401 - the engine's words
    ) -> None:
        self.folder = root / "streams" / f"{container}-{started_ns}"
        self.folder.mkdir(parents=True)
        config = {"loki-url": url, "loki-batch-wait": "0s", "loki-min-backoff": "50ms"}
        known = {
            "ContainerID": container,
            "ContainerName": "/web",
            "ContainerLabels": {},
            "Config": config | info.pop("options", {}),
        } | info
        start = {"file": "/fifo", "info": known, "started_ns": started_ns}
        (self.folder / "start.json").write_text(json.dumps(start), encoding="utf-8")
        self.offset = self.start = 0

    @property
    def stream(self) -> Stream:
        """The stream, to be read."""
        return Stream(self.folder)

    def write(self, data: bytes, *, roll: bool = False) -> None:
        """Append bytes; with `roll` to a new segment."""
        if roll:
            self.start = self.offset
        with (self.folder / f"{self.start:020d}.seg").open("ab") as file:
            file.write(data)
        self.offset += len(data)

    def lines(self, *lines: Line) -> None:
        """Append entries."""
        self.write(b"".join(line.frame() for line in lines))

    def stop(self) -> None:
        """Nothing more will come."""
        (self.folder / "stopped").touch()


@pytest.fixture
def writer(tmp_path: Path, loki: StandIn) -> Writer:
    """A stream of one container, to be written."""
    return Writer(tmp_path, loki.url)


def feed_of(writer: Writer) -> Feed:
    """A feed as a shipper has it that was just started."""
    return Feed(writer.stream, Endpoints(Engine("/nowhere")))


def ship(feed: Feed, *, within_s: float = 10.0) -> None:
    """Push until Loki has everything that can be sent now."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        feed.look(time.monotonic())
        if not feed.behind:
            return
        if feed.ready(time.monotonic()):
            feed.turn()
        else:
            time.sleep(0.005)
    raise AssertionError(f"still {feed.behind} bytes behind: {feed.last_error}")


def spool_of(writer: Writer) -> Spool:
    """The spool that the stream lies in."""
    return Spool(writer.folder.parent.parent)
