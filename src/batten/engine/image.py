"""An image that the engine has."""

from datetime import UTC, datetime
from typing import Any, Self

import msgspec

from batten.engine.instant import instant


class Image(msgspec.Struct, frozen=True):
    """An image; `size` is in bytes, layers shared with others included."""

    id: str
    tags: tuple[str, ...]
    labels: dict[str, str]
    created: datetime
    size: int

    @classmethod
    def from_inspect(cls, found: dict[str, Any]) -> Self:
        """Read the engine's answer to `GET /images/NAME/json`."""
        return cls(
            id=found["Id"],
            tags=tuple(found.get("RepoTags") or ()),
            labels=(found.get("Config") or {}).get("Labels") or {},
            # Images made to be reproducible have no date.
            created=instant(found.get("Created")) or datetime.fromtimestamp(0, UTC),
            size=found["Size"],
        )
