"""Who is next: one look at everything ten times a second, and a few threads that push."""

import logging
import queue
import threading
import time
from itertools import count

from batten.driver.options import OptionError, Options, parse
from batten.driver.shipper.endpoint import Endpoints
from batten.driver.shipper.engine import Engine
from batten.driver.shipper.feed import Feed
from batten.driver.spool import Spool, Stream
from batten.driver.spool.limits import Limits
from batten.driver.spool.upkeep import Upkeep

WORKERS = 4
# Seconds between two looks: the most that a line waits beyond `loki-batch-wait`.
LOOK_S = 0.1
# Seconds between two rounds of housekeeping: sealing, quotas, what is not needed any longer.
TIDY_S = 1.0
# Where nothing was written or shipped, only one round in so many is done.
_REST = 30
# What a stream whose options cannot be read gets: the defaults, so that it does not stay for ever.
_UNREADABLE = {"loki-url": "http://localhost"}

log = logging.getLogger("batten.driver.shipper")


class Shipper:
    """Everything in a spool, on its way to Loki; `limits` are the spool's."""

    def __init__(self, spool: Spool, engine: Engine, limits: Limits) -> None:
        self.spool = spool
        self.endpoints = Endpoints(engine)
        self.feeds: dict[str, Feed] = {}
        self._upkeep = Upkeep(spool, limits, self._options, engine.exists)
        self.spool_bytes: dict[str, int] = {}
        self._stopping = False
        self._stop = threading.Event()
        # What has more than one batch waiting comes behind what is up to date.
        self._queue: queue.PriorityQueue[tuple[bool, int, Feed | None]] = queue.PriorityQueue()
        self._number = count()
        self._folder = 0
        self._broken: set[str] = set()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]
        self._tidier = threading.Thread(target=self._housekeep, daemon=True)

    def start(self) -> None:
        """Start the threads that push."""
        for thread in (*self._threads, self._tidier):
            thread.start()

    def run(self) -> None:
        """Ship until `stop`."""
        self.start()
        while not self._stopping:
            time.sleep(LOOK_S)
            self.look()
        self._stop.set()
        for _ in self._threads:
            self._queue.put((False, -1, None))

    def stop(self) -> None:
        """Make `run` return. Takes no lock: a signal may have come while one is held."""
        self._stopping = True

    def join(self, timeout_s: float) -> None:
        """Give pushes that are on their way a moment for their answer."""
        until = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def look(self) -> None:
        """See what was written, and hand out what is ready."""
        self._find()
        now = time.monotonic()
        unshipped: set[str] = set()  # containers of which an older stream comes first
        for feed in self._in_order():
            try:
                feed.look(now)
            except FileNotFoundError:
                self.feeds.pop(feed.stream.id, None)
                continue
            first = feed.stream.container not in unshipped
            if feed.behind:
                unshipped.add(feed.stream.container)
            if first:
                self._offer(feed, now)

    def _in_order(self) -> list[Feed]:
        return list(self.feeds.values())

    def _find(self) -> None:
        """New streams, which are looked for only when the folder has changed."""
        try:
            changed = self.spool.folder.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if changed == self._folder:
            return
        for stream in self.spool.streams():
            if stream.id not in self.feeds and stream.id not in self._broken:
                try:
                    self.feeds[stream.id] = Feed(stream, self.endpoints)
                except (OptionError, ValueError, KeyError) as wrong:
                    self._broken.add(stream.id)
                    log.warning("stream %s cannot be shipped: %s", stream.id, wrong)
                except FileNotFoundError:
                    continue
        order = sorted(self.feeds.values(), key=lambda one: one.stream.started_ns)
        self.feeds = {feed.stream.id: feed for feed in order}
        # start.json comes a moment after its folder, and two changes in one tick look like one.
        settled = time.time_ns() - changed > 1_000_000_000
        self._folder = changed if settled else 0

    def _offer(self, feed: Feed, now: float) -> None:
        if feed.ready(now):
            feed.busy = True
            self._queue.put((feed.full, next(self._number), feed))

    def _work(self) -> None:
        while not self._stop.is_set():
            feed = self._queue.get()[2]
            if feed is None:
                return
            try:
                feed.turn()
            except FileNotFoundError:
                self.feeds.pop(feed.stream.id, None)
            except Exception as wrong:
                # A stream that cannot be read must not take the others with it.
                feed.last_error = f"internal error: {wrong!r}"
                feed.backoff.failed()
                log.exception("stream %s", feed.stream.id)
            finally:
                feed.busy = False
            if feed.full and not self._stop.is_set():
                self._offer(feed, time.monotonic())

    def _housekeep(self) -> None:
        before, rested = None, 0
        while not self._stop.wait(TIDY_S):
            now = [(feed.stream.id, feed.end, feed.mark.offset) for feed in self._in_order()]
            rested = rested + 1 if now == before else 0
            if rested % _REST:
                continue
            before = now
            try:
                self.spool_bytes = self._upkeep.run().spool_bytes
            except Exception:
                log.exception("housekeeping")

    def _options(self, stream: Stream) -> Options:
        feed = self.feeds.get(stream.id)
        return feed.options if feed else parse(_UNREADABLE, stream.info)
