"""The log driver that a stack's services name: installed before any container is made."""

from collections.abc import Callable

from batten.catalog.log_driver import loki_options
from batten.engine import Engine, Host
from batten.logs.driver import is_own
from batten.logs.install import NAME, install
from batten.model import Stack
from batten.progress import Progress

_FOREIGN = (
    f"the log driver `{NAME}` of this engine is not Batten's: Grafana's lets containers wait while "
    "Loki is away, so that lines are dropped instead (`mode: non-blocking`), and finds no service by "
    "its name; to replace it, stop what logs through it, then "
    f"`docker plugin rm --force {NAME}` and `batten logs install`"
)


def prepare(
    engine: Engine,
    host: Host,
    stack: Stack,
    may_install: Callable[[int], bool],
    progress: Progress,
) -> Host:
    """The host, with the driver where it was missing and may be installed.

    `may_install` is asked with the number of services that want it. A driver of the same name
    that is not Batten's is left alone, and said.
    """
    count = sum(loki_options(one) is not None for one in stack.running_services.values())
    if not count:
        return host
    if is_foreign(engine, host):
        progress.note(_FOREIGN)
    elif NAME not in host.log_drivers and may_install(count):
        install(engine, NAME, progress)
        return engine.host()
    return host


def is_foreign(engine: Engine, host: Host) -> bool:
    """Whether the name is taken by a driver that is not Batten's, switched on or not."""
    found = engine.plugin(NAME)
    return not is_own(found) if found else NAME in host.log_drivers
