"""The copy of the lines that the engine keeps, for when there is no Loki to ask."""

import heapq
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from batten.engine import Container, Engine, Output, Span
from batten.errors import BattenError
from batten.logs.line import CONTAINER, PROJECT, SERVICE, SOURCE, LogLine
from batten.logs.request import Request

SECOND = 1_000_000_000
# Lines that are read before they are shown.
_PAGE = 1000
# Seconds: lines of several containers are put in order for as long; and a look for new containers.
_TOGETHER_S, _LOOK_S = 0.2, 2.0


def read(
    engine: Engine, containers: Iterable[Container], request: Request
) -> Iterator[list[LogLine]]:
    """The request's lines in the order of time, a page at a time."""
    # The engine counts lines before anybody looks what is in them.
    tail = request.limit if request.grep is None else None
    span = Span(request.since_ns, request.until_ns, tail)
    each = [_lines(engine, one, span) for one in containers]
    merged = filter(request.takes, heapq.merge(*each, key=lambda line: line.time_ns))
    if request.limit is not None:
        yield list(deque(merged, maxlen=request.limit))
        return
    while page := list(islice(merged, _PAGE)):
        yield page


def follow(
    engine: Engine, find: Callable[[], Iterable[Container]], request: Request
) -> Iterator[list[LogLine]]:
    """Lines from the request's `until_ns` on, as they come, for ever.

    `find` gives the containers there are; those that are new or started again are followed too.
    """
    arrived: queue.Queue[LogLine | BattenError] = queue.Queue()
    followed: dict[str, threading.Thread] = {}
    latest: dict[str, int] = {}
    looked = -_LOOK_S
    while True:
        if time.monotonic() - looked >= _LOOK_S:
            looked = time.monotonic()
            for one in find():
                if one.running and not (one.id in followed and followed[one.id].is_alive()):
                    since = latest.get(one.id, request.until_ns)
                    reader = _Reader(engine, one, since, request, arrived, latest)
                    followed[one.id] = threading.Thread(target=reader.run, daemon=True)
                    followed[one.id].start()
        time.sleep(_TOGETHER_S)
        if page := _drained(arrived):
            yield sorted(page, key=lambda line: line.time_ns)


def _drained(arrived: "queue.Queue[LogLine | BattenError]") -> list[LogLine]:
    """What has come; raise what a reader failed with."""
    page = []
    for _ in range(arrived.qsize()):
        one = arrived.get()
        if isinstance(one, BattenError):
            raise one
        page.append(one)
    return page


class _Reader:
    """Follows one container until it stops, or the engine ends the talk: it is then begun again."""

    def __init__(
        self,
        engine: Engine,
        container: Container,
        since_ns: int,
        request: Request,
        arrived: "queue.Queue[LogLine | BattenError]",
        latest: dict[str, int],
    ) -> None:
        self.engine, self.container, self.since_ns = engine, container, since_ns
        self.request, self.arrived, self.latest = request, arrived, latest

    def run(self) -> None:
        """Hand over each line."""
        grep = self.request.grep
        try:
            for line in _lines(self.engine, self.container, Span(self.since_ns, follow=True)):
                self.latest[self.container.id] = line.time_ns + 1
                if grep is None or grep in line.text:
                    self.arrived.put(line)
        except BattenError as error:
            self.arrived.put(error)


def _lines(engine: Engine, container: Container, span: Span) -> Iterator[LogLine]:
    labels = {
        source: {
            PROJECT: container.project,
            SERVICE: container.service,
            CONTAINER: container.name,
            SOURCE: source,
        }
        for source in ("stdout", "stderr")
    }
    for one in engine.outputs(container, span):
        yield _line(one, labels)


def _line(output: Output, labels: dict[str, dict[str, str]]) -> LogLine:
    return LogLine(output.time_ns, output.text, labels[output.source])
