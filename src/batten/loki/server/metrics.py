"""What Prometheus is told; where Loki has a metric that means the same, its name."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from batten.loki import __version__
from batten.loki.ingest.refusals import Refusal
from batten.loki.ingest.streams import TENANT

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0)


class Metrics:
    """The metrics of one server."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._received = {
            "lines": Counter(
                "loki_distributor_lines_received",
                "Lines received",
                ["tenant"],
                registry=registry,
            ).labels(TENANT),
            "bytes": Counter(
                "loki_distributor_bytes_received",
                "Bytes of lines and their metadata received",
                ["tenant"],
                registry=registry,
            ).labels(TENANT),
        }
        self._discarded_lines = Counter(
            "loki_discarded_samples", "Lines refused", ["reason", "tenant"], registry=registry
        )
        self._discarded_bytes = Counter(
            "loki_discarded_bytes", "Bytes refused", ["reason", "tenant"], registry=registry
        )
        self.requests = Histogram(
            "loki_request_duration_seconds",
            "Time spent on requests",
            ["method", "route", "status_code"],
            buckets=SECONDS,
            registry=registry,
        )
        self.queries = Histogram(
            "batten_loki_query_seconds",
            "Time a query ran, without the wait for its turn",
            buckets=SECONDS,
            registry=registry,
        )
        self._commits = Histogram(
            "batten_loki_commit_seconds",
            "Time of a transaction, until it was on the disk",
            buckets=SECONDS,
            registry=registry,
        )
        self._stored = Counter(
            "batten_loki_stored_lines",
            "Lines written; what was sent twice counts once",
            registry=registry,
        )
        build = Gauge("loki_build_info", "What answers", ["version"], registry=registry)
        build.labels(f"batten-loki-{__version__}").set(1)

    def watch(self, name: str, about: str, ask: Callable[[], float], tenant: str = "") -> None:
        """Add a figure that is asked for when Prometheus is."""
        gauge = Gauge(name, about, ["tenant"] if tenant else [], registry=self.registry)
        (gauge.labels(tenant) if tenant else gauge).set_function(ask)

    def received(self, lines: int, size: int) -> None:
        """Count what came in, refused or not."""
        self._received["lines"].inc(lines)
        self._received["bytes"].inc(size)

    def refused(self, refusals: list[Refusal]) -> None:
        """Count what was refused."""
        for refusal in refusals:
            self._discarded_lines.labels(refusal.reason, TENANT).inc(refusal.lines)
            self._discarded_bytes.labels(refusal.reason, TENANT).inc(refusal.bytes)

    def committed(self, seconds: float, lines: int) -> None:
        """Count a transaction."""
        self._commits.observe(seconds)
        self._stored.inc(lines)

    def text(self) -> bytes:
        """All of them, in Prometheus' text format."""
        return generate_latest(self.registry)
