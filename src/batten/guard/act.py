"""Starting a container, or starting it anew."""

import msgspec

from batten.engine.container import Container
from batten.engine.lean import LeanEngine
from batten.engine.refusal import Refused
from batten.errors import EngineError


class Act(msgspec.Struct, frozen=True):
    """What became of it: `refused` are the engine's words; neither means that it did not answer."""

    container: str
    ok: bool = False
    refused: str | None = None


def act(engine: LeanEngine, one: Container) -> Act:
    """Start it; one that runs, which is unhealthy, is stopped before."""
    try:
        if one.running:
            engine.stop(one.id, one.stop_grace_s)
        engine.start(one.id)
    except Refused as error:
        if error.not_found:
            return Act(one.id)
        return Act(one.id, refused=error.reason)
    except EngineError:
        return Act(one.id)
    return Act(one.id, ok=True)
