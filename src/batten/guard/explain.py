"""What the guard would do for each service, beside what the engine does alone, and why."""

from collections.abc import Iterable

import msgspec

from batten.engine import Container
from batten.model import (
    RESTART_LABEL,
    UNHEALTHY_LABEL,
    Policy,
    Restart,
    RestartPolicy,
    Service,
    Stack,
)

_READY = {
    "service_started": "runs",
    "service_healthy": "is healthy",
    "service_completed_successfully": "has completed",
}


class Explained(msgspec.Struct, frozen=True):
    """One service: `source` is where the guard has the policy from, `label` or `engine`."""

    service: str
    policy: str
    source: str
    engine: str
    guard: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Explanation(msgspec.Struct, frozen=True):
    """A whole stack."""

    project: str
    services: tuple[Explained, ...]


class _Subject(msgspec.Struct, frozen=True):
    """What the guard knows of a service, and what its files say beyond that."""

    name: str
    labels: dict[str, str]
    restart: Restart
    waits: dict[str, str]
    probed: bool
    declared: RestartPolicy | None = None


def explain(stack: Stack) -> Explanation:
    """Explain a stack as its files have it."""
    subjects = (_of_files(service) for service in stack.running_services.values())
    return Explanation(stack.name, tuple(map(_explained, subjects)))


def explain_running(project: str, containers: Iterable[Container]) -> Explanation:
    """Explain a stack whose files are not here, as its containers have it."""
    firsts = {one.service: one for one in containers}
    return Explanation(project, tuple(_explained(_of_container(one)) for one in firsts.values()))


def _of_files(service: Service) -> _Subject:
    check = service.healthcheck
    return _Subject(
        service.name,
        service.labels,
        service.restarting,
        {name: one.condition for name, one in service.depends_on.items()},
        check is not None and not check.disable,
        service.deploy.restart_policy,
    )


def _of_container(one: Container) -> _Subject:
    restart = Restart(one.restart_policy, one.restart_attempts)
    return _Subject(one.service, one.labels, restart, one.depends_on, one.health is not None)


def _explained(one: _Subject) -> Explained:
    notes = []
    try:
        policy = Policy.of(one.labels, one.restart)
        source = "label" if RESTART_LABEL in one.labels else "engine"
    except ValueError as error:
        policy, source = Policy.of_engine(one.restart), "engine"
        notes.append(f"{error}; write it as in `on-failure delay=5s attempts=5 window=120s`")
    if source == "engine" and (lost := _lost(one.declared, policy)):
        notes.append(
            f"the guard cannot see {lost} of `deploy.restart_policy`: "
            f"put them into the label `{RESTART_LABEL}`"
        )
    guard = tuple(_guard(one, policy))
    return Explained(one.name, str(policy), source, _engine(one.restart), guard, tuple(notes))


def _lost(declared: RestartPolicy | None, policy: Policy) -> str:
    """What the files say and the engine does not pass on."""
    if declared is None or policy.condition == "none":
        return ""
    seen = {"delay": policy.delay, "window": policy.window}
    lost = [name for name in seen if getattr(declared, name) not in {None, seen[name]}]
    return " and ".join(f"`{name}`" for name in lost)


def _engine(restart: Restart) -> str:
    if restart.is_endless:
        return "starts it again at once, without end; after a reboot in no order"
    if restart.name != "on-failure":
        return "never starts it again"
    bound = (
        f"{_times(restart.attempts)} within {restart.waits_s:.1f} s of failing"
        if restart.attempts
        else "without end"
    )
    return f"starts it again at once after a failure, {bound}; after a clean exit it stays down"


def _guard(one: _Subject, policy: Policy) -> Iterable[str]:
    if not policy.owned:
        yield "leaves it to the engine"
        return
    if policy.condition == "none":
        yield "leaves it when it ends"
        return
    what = "a failure" if policy.condition == "on-failure" else "any end"
    yield f"starts it again {policy.delay:g} s after {what}, {_bound(policy)}"
    yield "brings it back after a restart of the engine" + _order(one.waits)
    if one.probed and policy.restart_unhealthy:
        yield f"starts it anew when it stays unhealthy for {policy.delay:g} s more"
    elif one.probed:
        yield f"leaves it when it is unhealthy: `{UNHEALTHY_LABEL}` says so"


def _bound(policy: Policy) -> str:
    if not policy.attempts:
        return "without end"
    return f"{_times(policy.attempts)} " + (
        f"in {policy.window:g} s" if policy.window else "in all"
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _order(waits: dict[str, str]) -> str:
    ready = (f"`{name}` {_READY.get(condition, 'runs')}" for name, condition in waits.items())
    text = " and ".join(ready)
    return f", once {text}" if text else ""
