"""The figures of the shipper in Prometheus' text format."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from batten.driver.shipper.endpoint import BUCKETS, Endpoint
from batten.driver.shipper.shipper import Shipper
from batten.driver.shipper.status import Container, containers

PREFIX = "batten_log_driver_"
_Samples = Iterable[tuple[Mapping[str, str], float]]


def metrics(shipper: Shipper) -> str:
    """The answer of `/metrics`."""
    found, lokis = containers(shipper), shipper.endpoints.all()
    spool = _family(
        "spool_bytes",
        "gauge",
        "Bytes that the spool takes on the disk",
        [({}, sum(shipper.spool_bytes.values()))],
    )
    return "".join([*_of_containers(found), spool, *_of_endpoints(lokis)])


def _of_containers(found: list[Container]) -> Iterator[str]:
    for name, kind, words, field in _FIGURES:
        yield _family(name, kind, words, ((_names(one), getattr(one, field)) for one in found))
    yield _family(
        "quarantined_lines_total",
        "counter",
        "Lines that Loki refused for good, by its reason",
        (
            ({**_names(one), "reason": reason}, number)
            for one in found
            for reason, number in one.quarantined.items()
        ),
    )


_FIGURES = (
    ("accepted_bytes_total", "counter", "Bytes taken from the container", "accepted_bytes"),
    ("shipped_lines_total", "counter", "Lines that Loki has", "shipped_lines"),
    ("shipped_bytes_total", "counter", "Bytes of the lines that Loki has", "shipped_bytes"),
    ("dropped_lines_total", "counter", "Lines dropped: the spool was full", "dropped_lines"),
    ("behind_bytes", "gauge", "Bytes in the spool that Loki does not have", "behind_bytes"),
    ("oldest_seconds", "gauge", "Age of the oldest line that Loki does not have", "behind_s"),
)


def _names(one: Container) -> dict[str, str]:
    names = {"container": one.name, "compose_project": one.project, "compose_service": one.service}
    return {**names, "id": one.id[:12]}


def _of_endpoints(lokis: list[Endpoint]) -> Iterator[str]:
    by_url = [({"loki_url": one.url, "loki": str(at)}, one) for at, one in enumerate(lokis)]
    yield _family(
        "pushes_total",
        "counter",
        "Pushes by Loki's answer, 0 for none",
        (
            ({**names, "status": str(status)}, number)
            for names, one in by_url
            for status, number in sorted(one.statuses.items())
        ),
    )
    yield _family(
        "up",
        "gauge",
        "Whether Loki took the last push",
        ((names, float(bool(one.last_success and not one.last_error))) for names, one in by_url),
    )
    yield _family(
        "last_success_timestamp_seconds",
        "gauge",
        "When Loki last took a push",
        ((names, one.last_success) for names, one in by_url if one.last_success),
    )
    yield _family(
        "retry_seconds",
        "gauge",
        "Seconds until Loki is tried again, 0 while it answers",
        ((names, max(0.0, one.backoff.until - time.monotonic())) for names, one in by_url),
    )
    yield _family(
        "rate_limit_bytes",
        "gauge",
        "Bytes in a second that Loki was found to take",
        ((names, one.pace.rate) for names, one in by_url if one.pace.rate),
    )
    yield _histogram("push_seconds", "How long pushes took", by_url)


def _family(name: str, kind: str, words: str, samples: _Samples) -> str:
    head = f"# HELP {PREFIX}{name} {words}\n# TYPE {PREFIX}{name} {kind}\n"
    return head + "".join(_sample(name, names, value) for names, value in samples)


def _histogram(name: str, words: str, by_url: list[tuple[dict[str, str], Endpoint]]) -> str:
    lines = [f"# HELP {PREFIX}{name} {words}\n# TYPE {PREFIX}{name} histogram\n"]
    for names, one in by_url:
        total = 0
        for bound, number in zip((*BUCKETS, "+Inf"), one.times, strict=True):
            total += number
            lines.append(_sample(f"{name}_bucket", {**names, "le": str(bound)}, total))
        lines.append(_sample(f"{name}_sum", names, one.time_sum))
        lines.append(_sample(f"{name}_count", names, total))
    return "".join(lines)


def _sample(name: str, names: Mapping[str, str], value: Any) -> str:  # noqa: ANN401 - a number
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in names.items())
    return f"{PREFIX}{name}{{{inside}}} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
