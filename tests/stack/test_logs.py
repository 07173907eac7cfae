"""What the services write is in Loki, through the log driver that the overlay names."""

import json
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

pytestmark = pytest.mark.engine

Stack = Any
T = TypeVar("T")


def eventually(look: Callable[[], T]) -> T:
    """What `look` finds as soon as it finds something, or nothing after 30 s."""
    for _ in range(60):
        if found := look():
            break
        time.sleep(0.5)
    return found


def logged(stack: Stack, *words: str) -> list[dict[str, Any]]:
    """The lines that `batten logs` prints, of which none come from anywhere but Loki."""
    done = stack.batten("logs", "--format", "json", *words)
    assert "the engine keeps" not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def kept(stack: Stack, service: str) -> list[str]:
    """The lines that the engine shows of a service's container."""
    done = subprocess.run(
        ["docker", "logs", stack.container(service)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    return done.stdout.decode(errors="replace").splitlines()


def complain(stack: Stack, text: str) -> None:
    """Have Postgres write a line with this text in it."""
    sql = f"SELECT '{text}'::int"
    subprocess.run(
        [
            *("docker", "exec", stack.container("postgres")),
            *("sh", "-c", 'psql --quiet -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "$1"', "sh", sql),
        ],
        capture_output=True,
        check=False,
    )


def test_every_service_is_in_loki(stack: Stack) -> None:
    """With the labels that the overlay gives it, each line as the engine has it."""
    status = json.loads(stack.batten("status", "--format", "json").stdout)
    services = [one["service"] for one in status["services"] if one["log_driver"] == "loki"]
    assert {"backend", "caddy", "postgres", "redis", "minio", "prometheus"} <= set(services)
    silent = [service for service in services if not kept(stack, service)]
    assert len(silent) <= 2, silent
    for service in set(services) - set(silent):
        found = eventually(lambda service=service: logged(stack, service, "-n", "1"))  # type: ignore[misc]  # bound now
        (line,) = found
        labels = line["labels"]
        assert ("production", service) == (labels["environment"], labels["service"])
        assert stack.container(service) == line["container"]
        assert line["line"] in kept(stack, service)


@pytest.mark.parametrize("service", ["minio-setup", "backend", "redis"])
def test_each_line_is_there_once(stack: Stack, service: str) -> None:
    """Of a job that has ended, its last words included, and of a service from its first line on."""
    there = sorted(kept(stack, service))
    assert there
    words = ["docker", "inspect", "--format", "{{.Id}}", stack.container(service)]
    container = subprocess.check_output(words, text=True).strip()

    def found() -> list[str]:
        """Not what an earlier container of that name wrote while Loki was stopped with it."""
        lines = logged(stack, service, "--since", "1h")
        return sorted(one["line"] for one in lines if container in one["labels"]["filename"])

    assert eventually(lambda: there == found()), (there, found())


def test_a_text_is_found(stack: Stack) -> None:
    """Seconds after it was written, by `--grep`, and by a query that counts."""
    marker = f"marker-{uuid.uuid4()}"
    complain(stack, marker)
    found = eventually(lambda: logged(stack, "postgres", "--since", "5m", "--grep", marker))
    assert found
    assert {"postgres"} == {line["service"] for line in found}
    query = f'sum(count_over_time({{compose_service="postgres"}} |= "{marker}" [5m]))'
    (count,) = logged(stack, "--query", query)
    assert len(found) == count["value"]


@pytest.fixture
def without_loki(stack: Stack) -> Iterator[Stack]:
    """The stack while its Loki is stopped; it is healthy again afterwards."""
    name = stack.container("loki")
    subprocess.run(["docker", "stop", name], capture_output=True, check=True)
    yield stack
    subprocess.run(["docker", "start", name], capture_output=True, check=True)
    shape = "{{.State.Health.Status}}"
    words = ["docker", "inspect", "--format", shape, name]
    assert eventually(lambda: "healthy\n" == subprocess.check_output(words, text=True))


def test_without_loki_the_engines_copy_is_read(without_loki: Stack) -> None:
    """And said; what was written meanwhile reaches Loki when it is back, once."""
    stack, marker = without_loki, f"marker-{uuid.uuid4()}"
    complain(stack, marker)
    done = stack.batten("logs", "postgres", "--grep", marker)
    assert "`loki` is not running" in done.stderr
    assert "the engine keeps" in done.stderr
    assert 1 <= done.stdout.count(marker)
    subprocess.run(["docker", "start", stack.container("loki")], capture_output=True, check=True)
    words = ("postgres", "--since", "5m", "--grep", marker)
    again = eventually(lambda: "keeps" not in stack.batten("logs", *words).stderr)
    assert again
    found = eventually(lambda: logged(stack, *words))
    assert done.stdout.count("\n") == len(found)


def test_the_lag_is_shown(stack: Stack) -> None:
    """By `status`, and for each container by `logs status`; nothing is lost or late."""
    status = json.loads(stack.batten("status", "--format", "json").stdout)
    lags = {one["service"]: one["log_lag"] for one in status["services"]}
    assert lags["loki"] is None
    backend = lags["backend"]
    assert (0, 0) == (backend["dropped_lines"], backend["quarantined_lines"])
    assert "log driver: " in stack.batten("status").stdout
    names = {one["name"] for one in stack.driver()["containers"]}
    assert {stack.container("backend"), stack.container("postgres")} <= names
