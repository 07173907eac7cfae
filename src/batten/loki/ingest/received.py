"""What a sender sent, decoded, in columns."""

from typing import NamedTuple


class Received(NamedTuple):
    """The lines of one stream in one push; the columns are equally long.

    `labels` is as the sender wrote it, a text or a mapping. `times` are nanoseconds since the
    epoch, `lines` bytes that may not be UTF-8, `metadata` pairs as they came or `None`.
    """

    labels: str | dict[str, str]
    times: list[int]
    lines: list[bytes]
    metadata: list[list[tuple[str, str]] | None] | None
