"""Storage that outlives containers."""

import msgspec


class Volume(msgspec.Struct, frozen=True):
    """An entry of the top-level `volumes:`; `name` is the engine's name for it."""

    name: str
    external: bool = False
