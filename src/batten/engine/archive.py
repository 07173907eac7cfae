"""Importing a root file system as an image."""

import json
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING

from batten.engine.reference import split
from batten.engine.refusal import refusal

if TYPE_CHECKING:
    from batten.engine.connection import Connection


def import_tar(
    connection: "Connection",
    tar: IO[bytes] | Iterable[bytes],
    tag: str,
    labels: Mapping[str, str],
    changes: Iterable[str],
) -> None:
    """Stream `tar` to the engine; the whole of it is never in memory."""
    repository, version = split(tag)
    with_labels = [*changes, *(_label(*pair) for pair in labels.items())]
    with connection.asking() as api:
        # Named "from data", it sends whatever can be iterated in pieces, and waits without limit.
        answer = api.import_image_from_data(tar, repository, version, with_labels)
    for line in str(answer).splitlines():
        if reason := json.loads(line).get("error"):
            raise refusal(reason)


def _label(name: str, value: str) -> str:
    """A Dockerfile's instruction, in which `$` would name a variable."""
    quoted = json.dumps(value, ensure_ascii=False).replace("$", "\\$")
    return f'LABEL "{name}"={quoted}'
