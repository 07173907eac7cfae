"""What a service finds at a path of its own."""

import msgspec


class VolumeOptions(msgspec.Struct, frozen=True):
    """`volume:` of a mount; with `subpath` it is only that folder of the volume."""

    subpath: str = ""


class Mount(msgspec.Struct, frozen=True):
    """An entry of `volumes:`: `type` is `volume`, `bind`, `tmpfs`, …; an anonymous volume has no source."""

    type: str
    target: str
    source: str | None = None
    read_only: bool = False
    volume: VolumeOptions = VolumeOptions()
