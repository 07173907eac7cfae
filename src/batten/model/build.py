"""How the image of a service is built."""

from pathlib import Path

import msgspec


class Build(msgspec.Struct, frozen=True):
    """`build:` of a service; Compose has made `context` absolute."""

    context: Path
    dockerfile: str = "Dockerfile"
    dockerfile_inline: str | None = None
    args: dict[str, str | None] = {}
    target: str | None = None
