"""A Compose file as blocks of text: what is written, and how, stays as it is."""

import hashlib
from collections.abc import Iterator

import yaml

from batten.errors import InputError

Key = tuple[str, ...]
Blocks = dict[Key, str]
"""Text by path, in the order of the file: `("services", "db", "deploy")`.

A block starts with the blank lines and comments above its key. A mapping that is taken apart (all
services, each service, the volumes) keeps its own first line under its path; the text before the
first key has the path `()`.
"""

# How deep each top-level key is taken apart.
_DEPTHS = {"services": 3, "volumes": 2}


def split(text: str) -> Blocks:
    """Take a file apart; raise InputError where it is no YAML mapping."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise InputError(
            f"is not YAML: {error}".splitlines()[0], hint="mend the overlay, or move it away"
        ) from None
    if not isinstance(root, yaml.MappingNode) or root.flow_style or not root.value:
        raise InputError("the overlay is no Compose file", hint="mend it, or move it away")
    lines = text.splitlines(keepends=True)
    starts = list(_starts(root, lines, ()))
    ends = [start for _, start in starts[1:]] + [len(lines)]
    blocks: Blocks = {(): "".join(lines[: starts[0][1]])}
    for (key, start), end in zip(starts, ends, strict=True):
        blocks[key] = "".join(lines[start:end])
    return blocks


def join(blocks: Blocks) -> str:
    """The file again."""
    return "".join(blocks.values())


def digest(text: str) -> str:
    """What a block is known by; blank lines and blanks at the ends of lines do not count."""
    kept = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
    return hashlib.sha256(kept.encode()).hexdigest()[:6]


def _starts(node: yaml.MappingNode, lines: list[str], path: Key) -> Iterator[tuple[Key, int]]:
    for key, value in node.value:
        own = (*path, str(key.value))
        yield own, _first_line(lines, key.start_mark.line, key.start_mark.column)
        deep = len(own) < _DEPTHS.get(own[0], 1)
        # A flow mapping or an alias is one thing.
        is_block = isinstance(value, yaml.MappingNode) and not value.flow_style
        if deep and is_block and value.start_mark.line > key.start_mark.line:
            yield from _starts(value, lines, own)


def _first_line(lines: list[str], number: int, column: int) -> int:
    """Above a key stand its comments, and above them blank lines."""
    lead = " " * column + "#"
    while number and lines[number - 1].startswith(lead):
        number -= 1
    while number and not lines[number - 1].strip():
        number -= 1
    return number
