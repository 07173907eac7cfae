"""Whether the engine was started anew while nobody looked."""

from collections.abc import Iterable, Mapping, Sequence

from batten.engine.container import Container
from batten.engine.lean import REMEMBERED
from batten.guard.entry import Entry
from batten.guard.judge import began


def engine_was_restarted(
    entries: Mapping[str, Entry],
    anchor: float,
    memory: Sequence[float],
    found: Iterable[Container],
) -> bool:
    """Whether it was, and took the stack down with itself.

    `anchor` is when the last event happened that the guard had seen, `memory` when those did that
    the engine remembers. An engine forgets its events when it ends. Where it has had to forget
    because so much has happened since, that cannot be told; then it was, if nothing runs that ran.
    What runs on, as it does under `live-restore`, shows that nothing went down.
    """
    if memory and memory[0] <= anchor:
        return False
    ran = [one for one in found if one.id in entries and entries[one.id].run]
    if any(one.running and began(one) == entries[one.id].run for one in ran):
        return False
    certain = len(memory) < REMEMBERED
    return certain or any(entries[one.id].phase == "up" for one in ran)
