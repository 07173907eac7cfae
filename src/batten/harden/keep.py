"""What a person has changed in the overlay stays as it is."""

import msgspec

from batten.harden.document import Blocks, Key, digest
from batten.harden.record import Digests


class Merged(msgspec.Struct, frozen=True):
    """The overlay with the person's changes in it.

    `kept` differ from what would be written today, `missing` were taken out by somebody.
    """

    blocks: Blocks
    kept: tuple[Key, ...] = ()
    missing: tuple[Key, ...] = ()


def keep(new: Blocks, old: Blocks, written: Digests) -> Merged:
    """Take each block from the file where somebody has changed it, else as it is written today."""
    changed = {key for key, text in old.items() if digest(text) != written.get(key)}
    stays = {key for key in old if key in new or key in changed}
    # A key that stays needs what it stands in.
    stays |= {key[:length] for key in stays for length in range(1, len(key)) if key[:length] in old}
    missing = {key for key in new if key not in old and key in written}
    added = [key for key in new if key not in old and not _within(key, missing)]
    texts = {key: old[key] if key in changed or key not in new else new[key] for key in stays}
    texts |= {key: new[key] for key in added}
    kept = [key for key in new if key in changed and digest(old[key]) != digest(new[key])]
    order = _order(list(new), [key for key in old if key in stays], added)
    return Merged({key: texts[key] for key in order}, tuple(kept), tuple(sorted(missing)))


def _within(key: Key, missing: set[Key]) -> bool:
    return any(key[:length] in missing for length in range(1, len(key) + 1))


def _order(new: list[Key], old: list[Key], added: list[Key]) -> list[Key]:
    """The file's own order; what is added comes behind what it follows today."""
    order = list(old)
    for key in added:
        before = [one for one in new[: new.index(key)] if one in order]
        sibling = next((one for one in reversed(before) if one[:-1] == key[:-1]), None)
        after = sibling or (key[:-1] if key[:-1] in order else order[-1])
        order.insert(
            _end(order, after) if sibling or len(key) == 1 else order.index(after) + 1, key
        )
    return order


def _end(order: list[Key], key: Key) -> int:
    """Behind a block and all that stands in it."""
    last = max(n for n, one in enumerate(order) if one[: len(key)] == key)
    return last + 1
