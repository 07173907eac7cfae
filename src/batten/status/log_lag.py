"""How far the log driver is behind what a stack's services write."""

from collections.abc import Iterable, Sequence

import msgspec

from batten.engine import Container
from batten.logs import driver


class LogLag(msgspec.Struct, frozen=True):
    """What has not reached Loki: still to be shipped, and given up (lines).

    `behind_s` is how long the oldest line to be shipped has waited, `last_error` why pushes fail.
    """

    behind_s: float = 0
    behind_bytes: int = 0
    dropped_lines: int = 0
    quarantined_lines: int = 0
    last_error: str | None = None


def lags(containers: Sequence[Container]) -> dict[str, LogLag]:
    """By service, as far as the driver on this machine knows; asked only where one may be used."""
    if all(one.log_driver in driver.BUILT_IN for one in containers):
        return {}
    found = driver.ask(hurry=True) or driver.DriverStatus()
    services = {one.id: one.service for one in containers}
    by_service: dict[str, list[driver.Shipped]] = {}
    for shipped in found.containers:
        if shipped.id in services:
            by_service.setdefault(services[shipped.id], []).append(shipped)
    return {service: _sum(own) for service, own in by_service.items()}


def _sum(found: Iterable[driver.Shipped]) -> LogLag:
    own = list(found)
    return LogLag(
        behind_s=max(one.behind_s for one in own),
        behind_bytes=sum(one.behind_bytes for one in own),
        dropped_lines=sum(one.dropped_lines for one in own),
        quarantined_lines=sum(one.quarantined_lines for one in own),
        last_error=next((one.last_error for one in own if one.last_error), None),
    )
