"""What the log driver has not brought to Loki, in one line."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from batten.report.logs.status import LATE_S
from batten.report.units import lag, size
from batten.status import LogLag, ServiceStatus


def line(services: Sequence[ServiceStatus]) -> Text:
    """`log driver: 0.3s behind`; the services that are late or have lost lines are named."""
    lags = [(one.service, one.log_lag) for one in services if one.log_lag]
    said = list(_troubles(lags))
    worst = max((one.behind_s for _, one in lags if one.behind_bytes), default=None)
    well = "everything shipped" if worst is None else f"{lag(worst)} behind"
    text = "; ".join(said) if said else well
    return Text.assemble(("log driver: ", "dim"), (text, "yellow" if said else ""))


def _troubles(lags: Sequence[tuple[str, LogLag]]) -> Iterator[str]:
    late = [(name, one) for name, one in lags if one.behind_s > LATE_S]
    if late:
        name, one = max(late, key=lambda pair: pair[1].behind_s)
        more = f" and {len(late) - 1} more" if len(late) > 1 else ""
        total = size(sum(one.behind_bytes for _, one in late))
        yield f"{name}{more} {lag(one.behind_s)} behind ({total})"
    for word, field in (("dropped", "dropped_lines"), ("refused by Loki", "quarantined_lines")):
        counts = [f"{name} {count:,}" for name, one in lags if (count := getattr(one, field))]
        if counts:
            yield f"{word}: {', '.join(counts)} lines"
    if late:
        yield from dict.fromkeys(one.last_error for _, one in late if one.last_error)
