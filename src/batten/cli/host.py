"""The machine that a stack is meant for, as it is named on the command line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batten.model import Host

HERE = "here"


def parse(text: str) -> "Host":
    """Read `8cpu,16g`, or `here`; raise InputError where it says something else."""
    from batten.errors import InputError
    from batten.model import Host

    if text == HERE:
        return this_machine()
    try:
        return Host.parse(text)
    except ValueError as error:
        raise InputError(str(error), hint="or `here` for this machine") from None


def this_machine() -> "Host":
    """What `/proc` says."""
    import psutil

    from batten.model import Host

    return Host(psutil.cpu_count() or 1, psutil.virtual_memory().total)


def of_engine() -> "Host":
    """The machine of the engine, and where there is none, this one."""
    from batten.engine import Engine
    from batten.errors import EngineError
    from batten.model import Host

    try:
        with Engine.connect() as engine:
            found = engine.host()
    except EngineError:
        return this_machine()
    return Host(found.cores, found.memory)
