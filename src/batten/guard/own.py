"""Which container the guard itself runs in."""

import functools
import re
from pathlib import Path

from batten.engine.container import Container

# A container's `/etc/hostname` is mounted from a folder of the engine's that bears its id.
_ID = re.compile(r"/containers/([0-9a-f]{64})/hostname")


@functools.cache
def own_id(mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """The id of the container that this process runs in; None outside of one."""
    try:
        found = _ID.search(mounts.read_text(encoding="utf-8"))
    except OSError:
        return None
    return found[1] if found else None


def is_own(one: Container) -> bool:
    """Whether a container is the guard's: the engine restarts that one."""
    return one.id == own_id()
