"""Where in the source files a value was written."""

import functools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from batten.errors import InputError
from batten.model import Position

Path_ = tuple[str, ...]
_MERGE = "tag:yaml.org,2002:merge"


class Sources:
    """The files of a stack, oldest first; positions are looked up when somebody asks.

    Only lines and columns are taken from here: what a value *is* comes from Compose.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self.files = tuple(files)

    def find(self, path: Path_) -> Position | None:
        """Where the value at `path` was decided: in the last file that has it."""
        for file in reversed(self.files):
            position = self._in_file(file, path)
            if position:
                return position
        return None

    def nearest(self, path: Path_) -> Position | None:
        """Where `path`, or else its closest ancestor, was decided."""
        for length in range(len(path), 0, -1):
            position = self.find(path[:length])
            if position:
                return position
        return None

    def items(self, path: Path_) -> Iterator[tuple[Position, str]]:
        """The entries of the list at `path` in every file, newest first, each as it is written."""
        for file in reversed(self.files):
            node = self._walk(file, path)[1]
            if isinstance(node, yaml.SequenceNode):
                for item in node.value:
                    yield _position(file, item), " ".join(_scalars(item))

    def search(self, pattern: str) -> Position | None:
        """The first place whose text matches `pattern`, for what has no path."""
        for file in self.files:
            for number, line in enumerate(_lines(file), start=1):
                match = re.search(pattern, line)
                if match and not line.lstrip().startswith("#"):
                    return Position(file, number, match.start() + 1)
        return None

    def broken(self) -> InputError | None:
        """What keeps a file from being YAML at all, if anything does."""
        for file in self.files:
            try:
                tree = _tree(file)
            except yaml.MarkedYAMLError as error:
                return _as_error(file, error)
            except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
                return InputError(f"is not YAML: {error}".splitlines()[0], at=Position(file))
            if not isinstance(tree, yaml.MappingNode):
                return InputError(
                    "is no Compose file: " + ("it is no mapping" if tree else "it is empty"),
                    at=Position(file, 1, 1),
                    hint="a Compose file starts with `services:`",
                )
        return None

    def _in_file(self, file: Path, path: Path_) -> Position | None:
        key = self._walk(file, path)[0]
        return _position(file, key) if key else None

    @staticmethod
    def _walk(file: Path, path: Path_) -> tuple[yaml.Node | None, yaml.Node | None]:
        """Key and value at `path`."""
        try:
            node: yaml.Node | None = _tree(file)
        except (yaml.YAMLError, OSError, UnicodeDecodeError, RecursionError):
            return None, None
        key: yaml.Node | None = node
        for step in path:
            key, node = _child(node, step)
        return key, node


@functools.lru_cache(maxsize=256)
def _tree(file: Path) -> yaml.Node | None:
    with file.open("rb") as stream:
        tree: yaml.Node | None = yaml.compose(stream, yaml.CSafeLoader)
    return tree


@functools.lru_cache(maxsize=256)
def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _child(node: yaml.Node | None, step: str) -> tuple[yaml.Node | None, yaml.Node | None]:
    """Key and value of one entry; merged (`<<`) entries count where no own one does."""
    if isinstance(node, yaml.SequenceNode):
        return _item(node, step)
    if not isinstance(node, yaml.MappingNode):
        return None, None
    for key, value in node.value:
        if key.value == step and key.tag != _MERGE:
            return key, value
    for merged in _merged(node):
        found = _child(merged, step)
        if found[0]:
            return found
    return None, None


def _item(node: yaml.SequenceNode, step: str) -> tuple[yaml.Node | None, yaml.Node | None]:
    """An item by its index, or by the name it starts with (`KEY=value`, a dependency)."""
    if step.isdigit():
        item = node.value[int(step)] if int(step) < len(node.value) else None
        return item, item
    for item in node.value:
        if isinstance(item, yaml.ScalarNode) and item.value.partition("=")[0] == step:
            return item, item
    return None, None


def _scalars(node: yaml.Node) -> Iterator[str]:
    """What is written in an entry, keys and values alike."""
    if isinstance(node, yaml.ScalarNode):
        yield node.value
    else:
        for child in node.value:
            for part in child if isinstance(child, tuple) else (child,):
                yield from _scalars(part)


def _merged(node: yaml.MappingNode) -> Iterator[yaml.Node]:
    for key, value in node.value:
        if key.tag == _MERGE:
            yield from value.value if isinstance(value, yaml.SequenceNode) else [value]


def _position(file: Path, node: yaml.Node) -> Position:
    return Position(file, node.start_mark.line + 1, node.start_mark.column + 1)


def _as_error(file: Path, error: yaml.MarkedYAMLError) -> InputError:
    mark = error.problem_mark or error.context_mark
    at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
    return InputError(
        f"is not YAML: {error.problem or error.context}",
        at=at,
        hint="mend the file there; nothing was started",
    )
