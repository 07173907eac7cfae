"""The limits that the overlay declares are the limits that the kernel enforces."""

import json
from pathlib import Path
from typing import Any

import pytest

from batten import compose
from batten.compose import Project
from batten.engine import Engine
from batten.engine.cgroup import read
from batten.model import Stack

DOCKER = Path(__file__).parents[2] / "docker"
MIB, GIB = 1 << 20, 1 << 30

# Memory limit and reservation in bytes, CPU limit and reservation in cores.
FIGURES = {
    "postgres": (2 * GIB, 1 * GIB, 2.0, 1.0),
    "pgbouncer": (256 * MIB, 128 * MIB, 0.5, 0.25),
    "redis": (768 * MIB, 512 * MIB, 1.0, 0.5),
    "minio": (2 * GIB, 1 * GIB, 1.0, 0.5),
    "backend": (1 * GIB, 512 * MIB, 1.0, 0.5),
    "caddy": (512 * MIB, 256 * MIB, 0.5, 0.25),
    "prometheus": (1 * GIB, 512 * MIB, 0.5, 0.25),
    "grafana": (512 * MIB, 256 * MIB, 0.5, 0.25),
    "loki": (1 * GIB, 512 * MIB, 0.5, 0.25),
    "promtail": (256 * MIB, 128 * MIB, 0.25, 0.1),
}
NOT_EMBEDDED = {"grafana", "promtail"}


@pytest.fixture(scope="module")
def declared() -> Stack:
    """Base and production overlay as they are on a fresh checkout."""
    files = [DOCKER / "docker-compose.yml", DOCKER / "compose.prod.yaml"]
    return compose.read(Project.find(files, profiles=["promtail"], env_files=[Path("/dev/null")]))


@pytest.mark.parametrize("name", FIGURES)
def test_the_overlay_declares_the_figures(declared: Stack, name: str) -> None:
    """Limits and reservations, and swap that adds nothing to them."""
    service = declared.services[name]
    reserved = service.deploy.resources.reservations
    assert FIGURES[name] == (
        service.memory_limit,
        service.memory_reservation,
        service.cpu_limit,
        reserved.cpus,
    )
    assert service.memory_limit == service.memswap_limit


def test_the_infrastructure_adds_up(declared: Stack) -> None:
    """7.75 GiB and 6.25 cores, all but the application and its proxy."""
    infrastructure = [
        declared.services[name] for name in FIGURES if name not in {"backend", "caddy"}
    ]
    assert 7.75 * GIB == sum(one.memory_limit or 0 for one in infrastructure)
    assert 6.25 == sum(one.cpu_limit or 0 for one in infrastructure)


def test_every_service_has_the_restart_policy(declared: Stack) -> None:
    """On failure, 5 s apart, 5 attempts, within 120 s."""
    found: dict[str, object] = {
        name: (policy.condition, policy.delay, policy.max_attempts, policy.window)
        for name, service in declared.services.items()
        if (policy := service.deploy.restart_policy)
    }
    assert found == dict.fromkeys(declared.services, ("on-failure", 5, 5, 120))


def test_every_service_is_limited(declared: Stack) -> None:
    """No service of the stack can take the whole machine."""
    unlimited = [
        name
        for name, one in declared.services.items()
        if not (one.memory_limit and one.cpu_limit and one.deploy.resources.limits.pids)
    ]
    assert unlimited == []


def test_logs_go_to_loki_but_not_lokis_own(declared: Stack) -> None:
    """Loki and Promtail would feed themselves."""
    drivers = {
        name: service.logging.driver if service.logging else None
        for name, service in declared.services.items()
    }
    expected = {
        name: "json-file" if name in {"loki", "promtail"} else "loki" for name in declared.services
    }
    options = declared.services["postgres"].logging
    assert drivers == expected
    assert options
    assert options.options
    assert options.options["loki-url"] == "http://loki:3100/loki/api/v1/push"
    assert (options.options["loki-batch-size"], options.options["loki-retries"]) == ("102400", "3")
    assert "service=postgres,environment=production" in str(options.options["loki-external-labels"])


def test_the_embedded_stack_logs_as_the_overlay_says(declared: Stack) -> None:
    """Driver and options are the same, Loki's own file included."""
    names = ("docker-compose.yml", "compose.prod.yaml", "compose.embedded.yaml")
    files = [DOCKER / name for name in names]
    embedded = compose.read(Project.find(files, env_files=[Path("/dev/null")]))
    assert {name: declared.services[name].logging for name in embedded.services} == {
        name: one.logging for name, one in embedded.services.items()
    }


def test_redis_keeps_the_flags_of_the_base(declared: Stack) -> None:
    """The overlay's command adds to the base's, which Compose would have replaced."""
    base = compose.read(
        Project.find([DOCKER / "docker-compose.yml"], env_files=[Path("/dev/null")])
    )
    before, after = base.services["redis"].command, declared.services["redis"].command
    assert before
    assert after
    assert after[: len(before)] == before
    assert after[len(before) :] == (
        *("--maxmemory", "512mb"),
        *("--maxmemory-policy", "allkeys-lru"),
    )


def test_only_caddy_is_reachable_from_outside(declared: Stack) -> None:
    """Everything else is published on 127.0.0.1, or not at all."""
    public = {
        name
        for name, service in declared.services.items()
        for port in service.ports
        if port.host_ip != "127.0.0.1"
    }
    assert public == {"caddy"}


def test_nothing_needs_a_variable() -> None:
    """The files merge on a fresh checkout without a warning, each way they are meant to be."""
    base, overlay = DOCKER / "docker-compose.yml", DOCKER / "compose.prod.yaml"
    for files in ([base], [base, overlay], [base, overlay, DOCKER / "compose.embedded.yaml"]):
        compose.read(Project.find(files, env_files=[Path("/dev/null")]))


@pytest.mark.engine
@pytest.mark.parametrize("name", sorted(set(FIGURES) - NOT_EMBEDDED))
def test_the_kernel_enforces_the_figures(stack: Any, name: str) -> None:  # noqa: ANN401
    """Read from the cgroup of the running container, not from what the engine was asked."""
    with Engine.connect() as engine:
        (container,) = (one for one in engine.containers("batten-test") if one.service == name)
    usage = read(container.pid)
    memory, reserved, cpus, _ = FIGURES[name]
    assert stack
    assert usage
    assert (memory, reserved) == (usage.memory_limit, usage.memory_reservation)
    assert cpus == usage.cpu_limit
    assert usage.memswap_limit == memory


@pytest.mark.engine
def test_the_engine_has_the_restart_policy(stack: Any) -> None:  # noqa: ANN401
    """What of the policy a plain engine can hold, every container has."""
    with Engine.connect() as engine:
        found = {one.service: one.restart_policy for one in engine.containers("batten-test")}
    assert set(found.values()) == {"on-failure"}
    assert "postgres" in found
    assert stack


@pytest.mark.engine
def test_status_shows_what_the_kernel_enforces(stack: Any) -> None:  # noqa: ANN401
    """And says why services are left out."""
    found = json.loads(stack.batten("status", "--format", "json").stdout)
    services = {service["service"]: service for service in found["services"]}
    assert found["summary"]["ok"] is True
    assert {name for name, one in services.items() if one["left_out"]} == {"grafana"}
    for name in set(FIGURES) - NOT_EMBEDDED:
        assert FIGURES[name][0] == services[name]["memory"]["limit_bytes"]
        assert services[name]["memory"]["used_bytes"] < FIGURES[name][0]
        assert services[name]["health"] == "healthy"
        assert services[name]["oom_kills"] == 0
