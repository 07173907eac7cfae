"""How much of the disk the spool may take."""

from collections.abc import Mapping
from typing import NamedTuple, Self

_GIB = 1 << 30


class Limits(NamedTuple):
    """Bytes on disk; set in the plugin's environment."""

    per_container: int = _GIB
    total: int = 10 * _GIB
    min_free: int = _GIB

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read SPOOL_MAX_BYTES_PER_CONTAINER, SPOOL_MAX_BYTES and SPOOL_MIN_FREE_BYTES.

        Raise ValueError, for a person, where one is no number.
        """
        names = ("SPOOL_MAX_BYTES_PER_CONTAINER", "SPOOL_MAX_BYTES", "SPOOL_MIN_FREE_BYTES")
        given = zip(cls._fields, names, strict=True)
        return cls(
            **{
                field: _bytes(name, environment[name])
                for field, name in given
                if environment.get(name, "").strip()
            }
        )


def _bytes(name: str, text: str) -> int:
    if not text.strip().isdigit():
        raise ValueError(
            f"`{name}` is `{text}`, but it is a number of bytes: `1073741824` is 1 GiB"
        )
    return int(text)
