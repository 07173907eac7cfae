"""What Prometheus reads from the guard, as text.

Written by hand: the usual client library would take a tenth of the memory that the guard may have.
"""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from batten.engine.cgroup import Usage
from batten.guard.view import Guarded, View

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = dict[str, str]
Sample = tuple[Labels, float]


class Metric(msgspec.Struct, frozen=True):
    """A name without its prefix, what it says, whether it only grows, and its samples."""

    name: str
    help: str
    samples: list[Sample]

    def lines(self) -> Iterator[str]:
        """In Prometheus's text format; a metric without samples is left out."""
        if not self.samples:
            return
        kind = "counter" if self.name.endswith("_total") else "gauge"
        full = f"batten_guard_{self.name}"
        yield f"# HELP {full} {self.help}"
        yield f"# TYPE {full} {kind}"
        yield from (f"{full}{_labels(labels)} {value:.15g}" for labels, value in self.samples)


def exposition(view: View, usages: Mapping[str, Usage], now: float) -> str:
    """All metrics; `usages` are by container id, `now` is in the engine's seconds."""
    metrics = [*_of_guard(view), *_of_services(view, now), *_of_containers(view)]
    metrics += _of_usages(view, usages)
    return "".join(f"{line}\n" for metric in metrics for line in metric.lines())


def _of_guard(view: View) -> Iterator[Metric]:
    connected = float(view.trouble is None)
    yield Metric("connected", "Whether the engine answers the guard.", [({}, connected)])


def _of_services(view: View, now: float) -> Iterator[Metric]:
    counts = view.counts
    yield Metric(
        "restarts_total",
        "Restarts by the guard, by cause.",
        [
            ({"service": service, "cause": cause}, number)
            for service, one in counts.items()
            for cause, number in one.restarts.items()
        ],
    )
    yield Metric(
        "gave_up_total",
        "How often the attempts of the restart policy were used up.",
        [({"service": service}, one.gave_up) for service, one in counts.items()],
    )
    going = dict.fromkeys(counts, 0.0)
    for one in view.containers:
        if one.down_since is not None:
            going[one.service] = going.get(one.service, 0.0) + max(0.0, now - one.down_since)
    yield Metric(
        "down_seconds_total",
        "Seconds for which containers were down that should have been up.",
        [
            (
                {"service": service},
                seconds + (counts[service].down_seconds if service in counts else 0),
            )
            for service, seconds in going.items()
        ],
    )
    yield Metric(
        "oom_kills_total",
        "Processes killed at the memory limit.",
        [({"service": service}, one.oom_kills) for service, one in counts.items()],
    )


def _of_containers(view: View) -> Iterator[Metric]:
    def gauge(name: str, text: str, value: Callable[[Guarded], float | None]) -> Metric:
        pairs = ((one, value(one)) for one in view.containers)
        return Metric(
            name, text, [(_who(one), number) for one, number in pairs if number is not None]
        )

    yield gauge(
        "wanted",
        "Whether it should be running: 0 where a person stopped it or its policy leaves it.",
        lambda one: one.wanted,
    )
    yield gauge("running", "Whether it is running.", lambda one: one.running)
    yield gauge(
        "healthy",
        "Whether its healthcheck says so; missing without one.",
        lambda one: None if one.health is None else one.running and one.health == "healthy",
    )
    yield gauge(
        "gave_up",
        "Whether the attempts of its restart policy are used up.",
        lambda one: one.phase == "gave_up",
    )


def _of_usages(view: View, usages: Mapping[str, Usage]) -> Iterator[Metric]:
    used = [(_who(one), usages[one.id]) for one in view.containers if one.id in usages]

    def metric(name: str, text: str, value: Callable[[Usage], float | None]) -> Metric:
        pairs = ((who, value(usage)) for who, usage in used)
        return Metric(name, text, [(who, number) for who, number in pairs if number is not None])

    yield metric(
        "memory_bytes",
        "Memory used, without cache that can be dropped.",
        lambda one: one.memory_used,
    )
    yield metric(
        "memory_limit_bytes",
        "The enforced limit; missing without one.",
        lambda one: one.memory_limit,
    )
    yield metric("cpu_seconds_total", "CPU time used.", lambda one: one.cpu_ns / 1e9)
    yield metric(
        "cpu_limit_cores", "The enforced limit; missing without one.", lambda one: one.cpu_limit
    )
    yield metric(
        "cpu_throttled_seconds_total",
        "Time for which it was held at its CPU limit.",
        lambda one: one.throttled_ns / 1e9,
    )


def _who(one: Guarded) -> Labels:
    return {"service": one.service, "container": one.container}


def _labels(labels: Labels) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
