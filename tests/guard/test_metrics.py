"""What Prometheus reads."""

import msgspec

from batten.engine import Usage
from batten.guard.count import Counts
from batten.guard.metrics import exposition
from batten.guard.view import Guarded, View

WEB = Guarded(
    service="web",
    container='odd "name"\\',
    id="1",
    state="exited",
    health="unhealthy",
    phase="gave_up",
    reason="crash",
    policy="any delay=5s",
    wanted=True,
    running=False,
    down_since=90.0,
)
DB = msgspec.structs.replace(
    WEB, service="db", container="db", id="2", state="running", health=None, running=True,
    phase="up", down_since=None,
)  # fmt: skip
USAGE = Usage(
    memory_used=1000,
    memory_limit=4000,
    memory_reservation=None,
    memswap_limit=None,
    oom_kills=1,
    cpu_ns=1_500_000_000,
    cpu_limit=None,
    throttled_ns=250_000_000,
)


def lines(view: View) -> list[str]:
    """The samples, without their explanations."""
    return [one for one in exposition(view, {"2": USAGE}, 100.0).splitlines() if one[0] != "#"]


def test_every_figure_is_there() -> None:
    """By service what is counted, by container what is measured; no limit is no sample."""
    counts = {"web": Counts({"crash": 3, "oom": 1}, gave_up=1, down_seconds=2.5, oom_kills=1)}
    web = r'{service="web",container="odd \"name\"\\"}'
    db = '{service="db",container="db"}'
    expected = [
        "batten_guard_connected 1",
        'batten_guard_restarts_total{service="web",cause="crash"} 3',
        'batten_guard_restarts_total{service="web",cause="oom"} 1',
        'batten_guard_gave_up_total{service="web"} 1',
        'batten_guard_down_seconds_total{service="web"} 12.5',
        'batten_guard_oom_kills_total{service="web"} 1',
        f"batten_guard_wanted{web} 1",
        f"batten_guard_wanted{db} 1",
        f"batten_guard_running{web} 0",
        f"batten_guard_running{db} 1",
        f"batten_guard_healthy{web} 0",
        f"batten_guard_gave_up{web} 1",
        f"batten_guard_gave_up{db} 0",
        f"batten_guard_memory_bytes{db} 1000",
        f"batten_guard_memory_limit_bytes{db} 4000",
        f"batten_guard_cpu_seconds_total{db} 1.5",
        f"batten_guard_cpu_throttled_seconds_total{db} 0.25",
    ]
    assert expected == lines(View((WEB, DB), counts))


def test_each_metric_is_explained_once() -> None:
    """Prometheus refuses a page that explains one twice."""
    text = exposition(View((WEB, DB)), {"2": USAGE}, 100.0)
    types = [line for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(types) == len(set(types))
    assert "# TYPE batten_guard_cpu_seconds_total counter" in types
    assert "# TYPE batten_guard_memory_bytes gauge" in types


def test_a_guard_that_sees_nothing_says_so() -> None:
    """What it knew last is still there."""
    assert "batten_guard_connected 0" == lines(View((WEB,), trouble="gone"))[0]
