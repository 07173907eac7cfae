"""`deploy:`: how many, how much, and what happens when it stops."""

from typing import Literal

import msgspec

from batten.model.duration import Duration


class Quantities(msgspec.Struct, frozen=True):
    """One side of `resources`: cores, bytes, processes."""

    cpus: float | None = None
    memory: int | None = None
    pids: int | None = None


class Resources(msgspec.Struct, frozen=True):
    """What a service may use at most, and what is kept for it."""

    limits: Quantities = Quantities()
    reservations: Quantities = Quantities()


class RestartPolicy(msgspec.Struct, frozen=True):
    """When a stopped service is started again.

    On a plain engine a missing `condition` means that it is not, and `delay` and `window`
    are ignored.
    """

    condition: Literal["none", "on-failure", "any"] | None = None
    delay: Duration | None = None
    max_attempts: int | None = None
    window: Duration | None = None


class Deploy(msgspec.Struct, frozen=True):
    """`deploy:` as far as a plain engine acts on it."""

    replicas: int | None = None
    resources: Resources = Resources()
    restart_policy: RestartPolicy | None = None
