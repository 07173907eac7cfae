"""What the shipper knows, for `/status` and `/metrics`."""

import time
from typing import Any, NamedTuple

from batten.driver.shipper.batch import batch
from batten.driver.shipper.client import own_version
from batten.driver.shipper.feed import Feed
from batten.driver.shipper.shipper import Shipper
from batten.driver.shipper.wire import PIECES, SECOND, time_and_line

_PROJECT, _SERVICE = "com.docker.compose.project", "com.docker.compose.service"


class Container(NamedTuple):
    """All streams of one container together; bytes are those of the spool, seconds of age."""

    id: str
    name: str
    project: str
    service: str
    state: str
    accepted_bytes: int
    shipped_lines: int
    shipped_bytes: int
    behind_bytes: int
    behind_s: float
    dropped_lines: int
    quarantined_lines: int
    last_error: str
    loki_url: str
    quarantined: dict[str, int]
    notes: list[str]


def containers(shipper: Shipper) -> list[Container]:
    """Every container whose lines are in the spool."""
    grouped: dict[str, list[Feed]] = {}
    for feed in list(shipper.feeds.values()):
        grouped.setdefault(feed.stream.container, []).append(feed)
    return [_container(feeds) for feeds in grouped.values()]


def status(shipper: Shipper) -> dict[str, Any]:
    """The answer of `/status`."""
    return {
        "version": own_version(),
        "containers": [one._asdict() for one in containers(shipper)],
        "loki": [
            {
                "url": one.url,
                "resolved": one.client.where(),
                "last_success": one.last_success or None,
                "last_error": one.last_error,
                "retrying_in_s": max(0.0, round(one.backoff.until - time.monotonic(), 3)),
                "rate_limit_bytes": one.pace.rate and round(one.pace.rate),
            }
            for one in shipper.endpoints.all()
        ],
    }


def _container(feeds: list[Feed]) -> Container:
    newest = feeds[-1]
    labels = newest.info.get("ContainerLabels") or {}
    marks = [feed.mark for feed in feeds]
    reasons: dict[str, int] = {}
    for mark in marks:
        for reason, number in mark.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + number
    return Container(
        id=newest.stream.container,
        name=str(newest.info.get("ContainerName", "")).removeprefix("/"),
        project=labels.get(_PROJECT, ""),
        service=labels.get(_SERVICE, ""),
        state="stopped" if all(feed.stopped for feed in feeds) else "running",
        accepted_bytes=sum(feed.end for feed in feeds),
        shipped_lines=sum(mark.shipped for mark in marks),
        shipped_bytes=sum(mark.bytes for mark in marks),
        behind_bytes=sum(feed.behind for feed in feeds),
        behind_s=round(max((_age(feed) for feed in feeds), default=0.0), 3),
        dropped_lines=sum(mark.dropped for mark in marks),
        quarantined_lines=sum(mark.quarantined for mark in marks),
        last_error=next((text for feed in feeds if (text := _error(feed))), ""),
        loki_url=newest.options.url,
        quarantined=reasons,
        notes=list(newest.options.notes),
    )


def _error(feed: Feed) -> str:
    return feed.last_error or (feed.endpoint.last_error if feed.behind else "")


def _age(feed: Feed) -> float:
    """Seconds since the oldest line that Loki does not have was written."""
    if not feed.behind:
        return 0.0
    try:
        data = feed.stream.read(feed.stream.resume(feed.mark.offset), 32 << 10)
    except OSError:
        return 0.0
    made = batch(data, 0, {}, flush=True)
    first = min((time_and_line(found[:PIECES])[0] for found in made.pieces.values()), default=0)
    return max(0.0, time.time() - first / SECOND) if first else 0.0
