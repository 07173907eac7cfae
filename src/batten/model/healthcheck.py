"""How the engine asks a service whether it is well."""

import msgspec

from batten.model.duration import Duration


class Healthcheck(msgspec.Struct, frozen=True):
    """`healthcheck:`; `test` is in Compose's list form (`CMD`, `CMD-SHELL` or `NONE` first)."""

    test: tuple[str, ...] | None = None
    interval: Duration | None = None
    timeout: Duration | None = None
    start_period: Duration | None = None
    retries: int | None = None
    disable: bool = False
