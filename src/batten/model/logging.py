"""Where a service's output goes."""

import msgspec


class Logging(msgspec.Struct, frozen=True):
    """`logging:`; without a driver the engine's default is used."""

    driver: str | None = None
    options: dict[str, str | None] | None = None
