"""One Loki, as one tenant sees it: shared by all containers that push there."""

import random
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from batten.driver.options import Options
from batten.driver.shipper.answer import Answer, What
from batten.driver.shipper.client import Client
from batten.driver.shipper.engine import Engine
from batten.driver.shipper.pace import Pace
from batten.driver.shipper.resolver import Resolver

# Upper bounds of the buckets of push times, in seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_FACTOR = 2.0


class Backoff:
    """Waits that double from the least to the most, each a little by chance."""

    def __init__(self, least_s: float, most_s: float) -> None:
        self._least = least_s
        self._most = most_s
        self.failures = 0
        self.until = 0.0

    def failed(self, at_least_s: float | None = None) -> None:
        """Wait longer than the last time, and at least as long as Loki asks for."""
        wait = min(self._least * _FACTOR ** min(self.failures, 30), self._most)
        self.failures += 1
        wait *= random.uniform(0.8, 1.2)  # noqa: S311 - so that not all come back at once
        self.until = time.monotonic() + max(wait, at_least_s or 0.0)

    def succeeded(self) -> None:
        """Begin anew with the least wait."""
        self.failures, self.until = 0, 0.0


class Endpoint:
    """Whether to push there now, and what came of it so far.

    While Loki is away, one push at a time finds out whether it is back: containers do not wait for
    each other's time limits, and a Loki that starts is not stormed.
    """

    def __init__(self, options: Options, client: Client) -> None:
        self.client = client
        self.url = options.url
        self.pace = Pace()
        self.backoff = Backoff(options.min_backoff_s, options.max_backoff_s)
        self.last_error = ""
        self.last_success = 0.0  # seconds since 1970
        self.statuses: dict[int, int] = {}
        self.times = [0] * (len(BUCKETS) + 1)
        self.time_sum = 0.0
        self._lock = threading.Lock()
        self._probing = False

    def ready(self, *, can_wait: bool) -> bool:
        """Whether a push may be tried; one that can wait leaves room for those that cannot."""
        if self.backoff.failures and (self._probing or time.monotonic() < self.backoff.until):
            return False
        return not (can_wait and self.pace.wait_s() > 0)

    def push(self, body: bytes, size: int) -> Answer | None:
        """Send a body with `size` bytes of lines; None where another push finds out first."""
        with self._lock:
            probing = self.backoff.failures > 0
            if probing and self._probing:
                return None
            self._probing = probing
        try:
            self.pace.sent(size)
            answer = self.client.push(body)
        finally:
            if probing:
                self._probing = False
        self._note(answer)
        return answer

    def _note(self, answer: Answer) -> None:
        with self._lock:
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
            self.times[sum(answer.took_s > bound for bound in BUCKETS)] += 1
            self.time_sum += answer.took_s
            if answer.what is What.DONE:
                self.last_success, self.last_error = time.time(), ""
            else:
                self.last_error = answer.said()
            if answer.what is What.AWAY:
                self.backoff.failed(answer.retry_after_s)
            else:
                self.backoff.succeeded()


class Endpoints:
    """Every Loki in use, by all that makes a difference to a push."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[tuple[Any, ...], Endpoint] = {}

    def of(self, options: Options, container_labels: Mapping[str, str]) -> Endpoint:
        """The endpoint of a container."""
        project = container_labels.get("com.docker.compose.project", "")
        resolver = Resolver(urlsplit(options.url).hostname or "", project, self._engine)
        key = (
            *(options.url, options.user, options.password, options.tenant, options.tls),
            *(options.proxy, options.timeout_s, options.min_backoff_s, options.max_backoff_s),
            project if resolver.is_name else "",
        )
        if key not in self._known:
            self._known[key] = Endpoint(options, Client(options, resolver))
        return self._known[key]

    def all(self) -> list[Endpoint]:
        """Those in use so far."""
        return list(self._known.values())
