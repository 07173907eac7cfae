"""Why a stack does not hold, told by the service that does not."""

from collections.abc import Iterable

from batten.engine import Container, Engine
from batten.errors import BattenError, ComposeError, Unhealthy
from batten.up.watch import Watch

LOG_LINES = 15


def unhealthy(engine: Engine, container: Container) -> Unhealthy:
    """A service that will not become healthy, with its last words."""
    return Unhealthy(
        f"`{container.service}` {_what_happened(container)}\n\n{_last_words(engine, container)}",
        hint=_left(container),
    )


def too_slow(engine: Engine, project: str, watch: Watch, timeout_s: float) -> Unhealthy:
    """Services that did not become healthy in time; the first of them speaks."""
    listed = ", ".join(f"`{name}`" for name in watch.waiting)
    message = f"not healthy after {timeout_s:.0f} s: {listed}"
    for container in engine.containers(project):
        if container.service in watch.waiting:
            words = _last_words(engine, container)
            return Unhealthy(f"{message}\n\n{words}", hint=_left(container))
    return Unhealthy(message, hint="`batten status` shows what there is")


def compose_failed(engine: Engine, said: str, broken: Iterable[Container]) -> BattenError:
    """Compose's failure, told by the container that caused it where there is one."""
    culprit = next((one for one in broken if one.name in said), None)
    if culprit:
        return unhealthy(engine, culprit)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reasons = [line for line in lines if "rror" in line] or lines[-1:]
    return ComposeError(
        f"Compose could not start the stack: {reasons[-1] if reasons else 'it gave no reason'}",
        hint="what was started before stays: `batten status` shows it, `batten down` removes it",
    )


def _what_happened(container: Container) -> str:
    if container.health == "unhealthy":
        probe = f": {container.health_output}" if container.health_output else ""
        return f"is running but unhealthy{probe}"
    if container.state in {"running", "restarting"}:
        return f"was restarted {container.restart_count} times"
    killed = ", killed for want of memory" if container.oom_killed else ""
    return f"exited with {container.exit_code}{killed}"


def _last_words(engine: Engine, container: Container) -> str:
    lines = engine.logs(container.id, LOG_LINES)
    if not lines:
        return "  it logged nothing"
    return "\n".join(["  its last log lines:", *(f"  | {line}" for line in lines)])


def _left(container: Container) -> str:
    return (
        f"what was started stays, to be looked at: `docker logs {container.name}`; "
        "mend it and run `batten up` again, or `batten down`"
    )
