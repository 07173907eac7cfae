"""What the columns of the status table say."""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from rich.text import Text

from batten.engine import PublishedPort
from batten.report.units import cores, duration, size
from batten.status import ServiceStatus

# Where there is nothing to say, or nothing is known.
NOTHING = "–"  # noqa: RUF001  # a dash, and no minus
_NO_LIMIT = "∞"
_BAR = 8
# The share of a limit from which on it is near.
_NEAR = 0.9

# One colour per meaning: all is well; on its way, or near a limit; wrong; not applicable.
_TONES = {
    "healthy": "green",
    "running": "green",
    "done": "green",
    "starting": "yellow",
    "created": "yellow",
    "restarting": "yellow",
    "removing": "yellow",
    "paused": "yellow",
    "left out": "dim",
}


class Layout(msgspec.Struct, frozen=True):
    """Which columns a table has, and how much room they take."""

    headers: tuple[str, ...]
    bars: bool = False
    folded: bool = False
    short: bool = False
    tight: bool = False

    def header(self, name: str) -> str:
        """A header that is wider than what stands below it."""
        return "RST" if self.short and name == "RESTARTS" else name


class Column(msgspec.Struct, frozen=True):
    """A column: how it is aligned, and its cells for all services at once."""

    justify: Literal["left", "right"]
    cells: Callable[[Sequence[ServiceStatus], Layout], list[Text]]


def tone(service: ServiceStatus) -> str:
    """The colour of a service's state."""
    return _TONES.get(service.condition, "red")


def addresses(service: ServiceStatus, between: str = ", ", *, short: bool = False) -> str:
    """Where a service is reached from outside.

    The engine lists a port on all addresses twice, for IPv4 and for IPv6.
    """
    return between.join(dict.fromkeys(_address(port, short=short) for port in service.ports))


def _address(port: PublishedPort, *, short: bool) -> str:
    """A host port as one types it: `127.0.0.1:5432`, `*:443` on all addresses, `…:8080→80`.

    In short, a loopback port is a mere number.
    """
    host = "*" if port.is_public else f"[{port.host_ip}]" if ":" in port.host_ip else port.host_ip
    is_local = port.host_ip in {"127.0.0.1", "::1"}
    where = f"{port.host_port}" if short and is_local else f"{host}:{port.host_port}"
    inside = f"→{port.container_port}" if port.container_port != port.host_port else ""
    protocol = f"/{port.protocol}" if port.protocol != "tcp" else ""
    return where + ("" if short else inside) + protocol


def _each(cell: Callable[[ServiceStatus], Text]) -> Callable[..., list[Text]]:
    """A column whose cells do not depend on one another."""
    return lambda services, _: [cell(service) for service in services]


def _service(service: ServiceStatus) -> Text:
    count = len(service.containers)
    times = f" ×{count}" if count > 1 else ""  # noqa: RUF001
    return Text(service.service).append(times, style="dim")


def _state(service: ServiceStatus) -> Text:
    return Text(service.condition, style=tone(service))


def _up(service: ServiceStatus) -> Text:
    return _known(None if service.uptime_s is None else duration(service.uptime_s))


def _restarts(service: ServiceStatus) -> Text:
    return _counted(service.restarts, "yellow")


def _oom(service: ServiceStatus) -> Text:
    return _counted(service.oom_kills, "red")


def _logs(service: ServiceStatus) -> Text:
    return _known(service.log_driver)


def _memory(services: Sequence[ServiceStatus], layout: Layout) -> list[Text]:
    pairs = [(one.memory.used_bytes, one.memory.limit_bytes) for one in services]
    return _shares(pairs, size, lambda limit: size(limit, decimals=2), layout, bars=layout.bars)


def _cpu(services: Sequence[ServiceStatus], layout: Layout) -> list[Text]:
    pairs = [(one.cpu.used, one.cpu.limit) for one in services]
    return _shares(pairs, "{:.2f}".format, cores, layout)


def _ports(services: Sequence[ServiceStatus], layout: Layout) -> list[Text]:
    between = "\n" if layout.folded else "," if layout.tight else ", "
    return [_known(addresses(one, between, short=layout.short)) for one in services]


def _known(text: str | None) -> Text:
    return Text(text) if text else Text(NOTHING, style="dim")


def _counted(count: int | None, style: str) -> Text:
    """A number that one hopes to be 0: it stands out only when it is not."""
    return _known(None) if count is None else Text(str(count), style=style if count else "dim")


def _shares(
    pairs: Sequence[tuple[float | None, float | None]],
    used: Callable[[float], str],
    limit: Callable[[float], str],
    layout: Layout,
    *,
    bars: bool = False,
) -> list[Text]:
    """Use and limit, aligned at the slash, and the share as a bar where there is room."""
    slash = "/" if layout.short or layout.tight else " / "
    left = [NOTHING if one is None else used(one) for one, _ in pairs]
    right = ["" if one is None else slash + _limit(most, limit) for one, most in pairs]
    wide = max(map(len, left), default=0), max(map(len, right), default=0)
    return [
        _share(f"{used_text:>{wide[0]}}{limit_text:<{wide[1]}}", *pair, bars=bars)
        for used_text, limit_text, pair in zip(left, right, pairs, strict=True)
    ]


def _limit(limit: float | None, text: Callable[[float], str]) -> str:
    return _NO_LIMIT if limit is None else text(limit)


def _share(text: str, used: float | None, limit: float | None, *, bars: bool) -> Text:
    if used is None:
        return Text(text, style="dim")
    share = used / limit if limit else 0
    style = "yellow" if share >= _NEAR else ""
    cell = Text(text, style=style)
    if bars and limit:
        filled = min(_BAR, round(share * _BAR))
        cell.append("  " + "━" * filled, style=style or "green")
        cell.append("─" * (_BAR - filled), style="dim")
    return cell


COLUMNS = {
    "SERVICE": Column("left", _each(_service)),
    "STATE": Column("left", _each(_state)),
    "UP": Column("right", _each(_up)),
    "RESTARTS": Column("right", _each(_restarts)),
    "MEMORY": Column("left", _memory),
    "CPU": Column("left", _cpu),
    "OOM": Column("right", _each(_oom)),
    "LOGS": Column("left", _each(_logs)),
    "PORTS": Column("left", _ports),
}
