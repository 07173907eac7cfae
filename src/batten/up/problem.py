"""Something that speaks against starting a stack here and now."""

import msgspec

from batten.model import Position


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, where, and what to do; a warning does not keep the stack from starting."""

    message: str
    hint: str
    at: Position | None = None
    is_warning: bool = False
