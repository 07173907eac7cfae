"""The table of a stack: in a terminal of any width, in a pipe, and as JSON."""

import io
import json
import re

import pytest
from rich.console import Console

from batten.engine import PublishedPort
from batten.report import status as report
from batten.report.console import UNBOUNDED, write
from batten.status import Cpu, LogLag, Memory, ServiceStatus, StackStatus

MIB = 1 << 20
LOCAL = "127.0.0.1"


def service(name: str, used: int, limit: int, cpu: Cpu, *ports: PublishedPort) -> ServiceStatus:
    """A healthy service; memory in MiB."""
    return ServiceStatus(
        name,
        "running",
        "healthy",
        uptime_s=11_000,
        restarts=0,
        memory=Memory(used * MIB, limit * MIB, limit * MIB // 2),
        cpu=cpu,
        oom_kills=0,
        log_driver="local",
        ports=ports,
        containers=(f"shop-{name}-1",),
    )


WELL = StackStatus(
    "shop",
    (
        service(
            "caddy",
            18,
            512,
            Cpu(0.002, 0.5),
            PublishedPort("0.0.0.0", 80, 80),  # noqa: S104
            PublishedPort("::", 80, 80),
            PublishedPort("0.0.0.0", 8443, 443),  # noqa: S104
        ),
        service("postgres", 1187, 2048, Cpu(0.31, 2.0), PublishedPort(LOCAL, 5432, 5432)),
        service("postgres-exporter", 11, 64, Cpu(0.0, 0.1)),
    ),
)

MIXED = StackStatus(
    "shop",
    (
        ServiceStatus(
            "postgres",
            "running",
            "starting",
            uptime_s=12,
            restarts=1,
            memory=Memory(1000 * MIB, 1024 * MIB, None),
            cpu=Cpu(0.49, 0.5),
            oom_kills=2,
            log_driver="local",
            ports=(PublishedPort(LOCAL, 5432, 5432),),
            containers=("shop-postgres-1",),
        ),
        ServiceStatus(
            "worker",
            "exited",
            exit_code=137,
            restarts=5,
            oom_kills=1,
            log_driver="json-file",
            containers=("shop-worker-1",),
        ),
        ServiceStatus("migrate", "done", exit_code=0, restarts=0, oom_kills=0, log_driver="local"),
        ServiceStatus("mailer", "missing"),
        ServiceStatus("grafana", "left_out", left_out="no package carries it"),
        ServiceStatus("loki", "left_out", left_out="no package carries it"),
        ServiceStatus(
            "old",
            "running",
            uptime_s=400_000,
            restarts=0,
            memory=Memory(300 * MIB),
            cpu=Cpu(0.2),
            oom_kills=0,
            log_driver="local",
            containers=("shop-old-1", "shop-old-2"),
            orphan=True,
        ),
    ),
    note="memory is unknown of half of them",
)


def drawn(status: StackStatus, width: int | None, *, colour: bool = False) -> str:
    """What a terminal of that width shows; without a width, what a pipe gets."""
    console = Console(
        file=io.StringIO(),
        width=width or UNBOUNDED,
        force_terminal=width is not None,
        color_system="standard" if colour else None,
        highlight=False,
    )
    write(console, report.render(status, console))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    return text if colour else "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_wide() -> None:
    """A wide terminal gets every column, and memory as a bar."""
    assert (
        """\
SERVICE            STATE    UP  RESTARTS  MEMORY                 CPU         OOM  LOGS   PORTS
caddy              healthy  3h         0   18M / 512M  ────────  0.00 / 0.5    0  local  *:80, *:8443→443
postgres           healthy  3h         0  1.2G / 2G    ━━━━━───  0.31 / 2      0  local  127.0.0.1:5432
postgres-exporter  healthy  3h         0   11M / 64M   ━───────  0.00 / 0.1    0  local  –

3 of 3 services healthy
"""  # noqa: RUF001
        == drawn(WELL, 140)
    )


def test_no_room_for_bars() -> None:
    """Bars are the first to go."""
    assert (
        """\
SERVICE            STATE    UP  RESTARTS  MEMORY       CPU         OOM  LOGS   PORTS
caddy              healthy  3h         0   18M / 512M  0.00 / 0.5    0  local  *:80, *:8443→443
postgres           healthy  3h         0  1.2G / 2G    0.31 / 2      0  local  127.0.0.1:5432
postgres-exporter  healthy  3h         0   11M / 64M   0.00 / 0.1    0  local  –

3 of 3 services healthy
"""  # noqa: RUF001
        == drawn(WELL, 100)
    )


def test_eighty_columns() -> None:
    """At 80 columns ports are folded, a local one to its number, and the log driver stands below."""
    assert (
        """\
SERVICE            STATE    UP  RST  MEMORY     CPU       OOM  LOGS   PORTS
caddy              healthy  3h    0   18M/512M  0.00/0.5    0  local  *:80
                                                                      *:8443
postgres           healthy  3h    0  1.2G/2G    0.31/2      0  local  5432
postgres-exporter  healthy  3h    0   11M/64M   0.00/0.1    0  local  –

3 of 3 services healthy
"""  # noqa: RUF001
        == drawn(WELL, 80)
    )


def test_sixty_columns() -> None:
    """At 60 columns log drivers and ports stand below the table."""
    assert (
        """\
SERVICE   STATE        UP  RST  MEMORY    CPU       OOM
postgres  starting    12s    1  1000M/1G  0.49/0.5    2
worker    exited 137    –    5      –        –        1
migrate   done          –    0      –        –        0
mailer    missing       –    –      –        –        –
grafana   left out      –    –      –        –        –
loki      left out      –    –      –        –        –
old ×2    running      4d    0   300M/∞   0.20/∞      0

1 of 4 services healthy
logs: local; json-file (worker)
ports: postgres 127.0.0.1:5432
left out: grafana, loki: no package carries it
not in the files: old; started earlier, or from others
note: memory is unknown of half of them
"""  # noqa: RUF001
        == drawn(MIXED, 60)
    )


def test_fifty_columns() -> None:
    """Narrower still, restarts and kills are told below, where there were any."""
    text = drawn(MIXED, 50)
    assert "SERVICE   STATE        UP  MEMORY    CPU\n" in text
    assert "restarts: postgres 1, worker 5\n" in text
    assert "oom: postgres 2, worker 1\n" in text


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160])
@pytest.mark.parametrize("status", [WELL, MIXED, StackStatus("shop", ())])
def test_no_width_breaks_it(status: StackStatus, width: int) -> None:
    """No line is wider than the terminal, and no text is cut off, at any width."""
    text = drawn(status, width)
    assert width >= max(len(line) for line in text.splitlines())
    assert "…" not in text
    letters = re.sub(r"\s", "", text)
    assert all(one.service.replace(" ", "")[:6] in letters for one in status.services)


def test_pipe() -> None:
    """A pipe gets whole lines of plain text: no edge, no frame, no bar, no blank inside a figure."""
    assert (
        """\
SERVICE            STATE    UP  RESTARTS  MEMORY     CPU       OOM  LOGS   PORTS
caddy              healthy  3h         0   18M/512M  0.00/0.5    0  local  *:80,*:8443→443
postgres           healthy  3h         0  1.2G/2G    0.31/2      0  local  127.0.0.1:5432
postgres-exporter  healthy  3h         0   11M/64M   0.00/0.1    0  local  –

3 of 3 services healthy
"""  # noqa: RUF001
        == drawn(WELL, None)
    )


def test_pipe_of_long_names() -> None:
    """However long a name or a reason is, in a pipe it stands in one line."""
    name, reason = "x" * 300, "because " * 60
    text = drawn(StackStatus("shop", (ServiceStatus(name, "left_out", left_out=reason),)), None)
    assert 1 == sum(line.startswith(name) for line in text.splitlines())
    assert f"left out: {name}: {reason.strip()}" in text


def test_colours_mean_something() -> None:
    """Green is well, yellow on its way or near a limit, red wrong; without any the words say it."""
    text = drawn(MIXED, 140, colour=True)
    green, yellow, red = "\x1b[32m", "\x1b[33m", "\x1b[31m"
    assert f"{yellow}starting" in text
    assert f"{red}exited 137" in text
    assert f"{red}missing" in text
    assert f"{green}done" in text
    assert f"{yellow}1000M" in text
    assert f"{yellow}0.49" in text
    assert f"{red}1 of 4 services healthy" in text
    assert f"{green}3 of 3 services healthy" in drawn(WELL, 140, colour=True)


def test_on_its_way() -> None:
    """A stack in which nothing is wrong yet is yellow."""
    starting = ServiceStatus("web", "running", "starting")
    text = drawn(StackStatus("shop", (starting,)), 80, colour=True)
    assert "\x1b[33m0 of 1 service healthy" in text


def test_json() -> None:
    """Every figure in one unit, unknown ones null, and the sum of it all."""
    found = json.loads(report.as_json(MIXED))
    assert ["project", "services", "summary"] == list(found)
    assert {"services": 4, "healthy": 1, "ok": False} == found["summary"]
    postgres, worker, *_ = found["services"]
    assert {
        "service": "postgres",
        "state": "running",
        "health": "starting",
        "exit_code": None,
        "uptime_s": 12,
        "restarts": 1,
        "memory": {
            "used_bytes": 1000 * MIB,
            "limit_bytes": 1024 * MIB,
            "reservation_bytes": None,
        },
        "cpu": {"used": 0.49, "limit": 0.5},
        "oom_kills": 2,
        "log_driver": "local",
        "log_lag": None,
        "ports": [{"host_ip": LOCAL, "host_port": 5432, "container_port": 5432, "protocol": "tcp"}],
        "containers": ["shop-postgres-1"],
        "left_out": None,
        "orphan": False,
    } == postgres
    assert ("exited", 137, None) == (worker["state"], worker["exit_code"], worker["health"])
    assert [None, "left_out"] == [found["services"][3]["restarts"], found["services"][4]["state"]]
    assert report.as_json_line(MIXED).count(b"\n") == 0


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    """What is shown goes to standard output, and there without a terminal's colours."""
    report.show(WELL)
    shown = capsys.readouterr()
    assert drawn(WELL, None) == shown.out
    assert "" == shown.err


@pytest.mark.parametrize(
    ("lags", "said"),
    [
        ({"web": LogLag(0.3, 200), "db": LogLag()}, "log driver: 0.3s behind"),
        (
            {
                "web": LogLag(75, 3 * MIB, 120, last_error="no Loki answers"),
                "db": LogLag(7, MIB, 0, 1200, "no Loki answers"),
            },
            (
                "log driver: web and 1 more 75s behind (4M); dropped: web 120 lines; refused by Loki: db "
                "1,200 lines; no Loki answers"
            ),
        ),
        ({"web": LogLag(), "db": LogLag()}, "log driver: everything shipped"),
        ({"web": LogLag(0, 0, 5), "db": LogLag()}, "log driver: dropped: web 5 lines"),
    ],
)
def test_what_the_log_driver_has_yet_to_ship(lags: dict[str, LogLag], said: str) -> None:
    """One line: who is late, and who lost what."""
    services = tuple(
        ServiceStatus(name, "running", log_driver="loki", log_lag=lag) for name, lag in lags.items()
    )
    assert said in drawn(StackStatus("shop", services), None).splitlines()
    assert "log driver" not in drawn(WELL, None)


def test_json_of_the_lag() -> None:
    """Seconds, bytes and lines."""
    service = ServiceStatus("web", "running", log_lag=LogLag(0.5, 7, 1, 2, "x"))
    (found,) = json.loads(report.as_json(StackStatus("shop", (service,))))["services"]
    assert {
        "behind_s": 0.5,
        "behind_bytes": 7,
        "dropped_lines": 1,
        "quarantined_lines": 2,
        "last_error": "x",
    } == found["log_lag"]
