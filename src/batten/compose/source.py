"""Where in the source files a value was written."""

import functools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import yaml
from yaml._yaml import CParser

from batten.errors import InputError
from batten.model import Position

Path_ = tuple[str, ...]
_Pair = tuple[yaml.Node | None, yaml.Node | None]
_Index = dict[str, tuple[yaml.Node, yaml.Node]]
_MERGE = "tag:yaml.org,2002:merge"
_TAGS = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}
# Nobody nests deeper; a file that includes itself does.
_DEPTH = 20


class Written(msgspec.Struct, frozen=True):
    """A value as one file has it: its key (or index), where, its scalars with variables unread, its tag.

    The tag of `!reset` and `!override` says that what is older was meant to go.
    """

    key: str
    at: Position
    words: tuple[str, ...]
    tag: str = ""

    @property
    def text(self) -> str:
        """The scalars with a blank between them; of `KEY=value` only the value."""
        text = " ".join(self.words)
        return text.removeprefix(f"{self.key}=")


class Sources:
    """The files of a stack, oldest first; positions are looked up when somebody asks.

    Only lines and columns are taken from here: what a value *is* comes from Compose. Files that
    these `include` or whose services they `extends` are followed; those from variables or from
    another machine are not.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self.files = tuple(files)
        self._indexes: dict[int, _Index] = {}
        self._steps: dict[tuple[Path, Path_], _Pair] = {}

    @functools.cached_property
    def all_files(self) -> tuple[Path, ...]:
        """The files and those they include, which count as older."""
        found: dict[Path, None] = {}
        for file in self.files:
            for included in (*self._included(file), file):
                found.setdefault(included)
        return tuple(found)

    def find(self, path: Path_) -> Position | None:
        """Where the value at `path` was decided: in the last file that has it."""
        for file in reversed(self.all_files):
            key = self._walk(file, path)[0]
            if key:
                return _position(key)
        return None

    def nearest(self, path: Path_) -> Position | None:
        """Where `path`, or else its closest ancestor, was decided."""
        for length in range(len(path), 0, -1):
            position = self.find(path[:length])
            if position:
                return position
        return None

    def versions(self, path: Path_) -> Iterator[Written]:
        """The value at `path` in each file that has one, newest first."""
        for file in reversed(self.all_files):
            key, value = self._walk(file, path)
            if key and value:
                yield Written(path[-1], _position(key), tuple(_scalars(value)), value.tag)

    def entries(self, path: Path_) -> Iterator[Written]:
        """The entries of the list or mapping at `path` in every file, newest first."""
        for file in reversed(self.all_files):
            node = self._walk(file, path)[1]
            if isinstance(node, yaml.SequenceNode):
                for number, item in enumerate(node.value):
                    yield Written(str(number), _position(item), tuple(_scalars(item)))
            elif isinstance(node, yaml.MappingNode):
                for name, (key, value) in self._index(node).items():
                    yield Written(name, _position(key), tuple(_scalars(value)))

    def items(self, path: Path_) -> Iterator[tuple[Position, str]]:
        """The entries of the list at `path` in every file, newest first, each as it is written."""
        for entry in self.entries(path):
            if entry.key.isdigit():
                yield entry.at, entry.text

    def search(self, pattern: str) -> Position | None:
        """The first place whose text matches `pattern`, for what has no path."""
        for file in self.files:
            for number, line in enumerate(lines(file), start=1):
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

    def _walk(self, file: Path, path: Path_, depth: int = 0) -> _Pair:
        """Key and value at `path` of one file, or of what its service there extends."""
        key, node = self._step(file, path)
        if key or len(path) < 3 or path[0] != "services" or depth > _DEPTH:
            return key, node
        extended = self._extended(file, path[1])
        if not extended:
            return None, None
        return self._walk(extended[0], ("services", extended[1], *path[2:]), depth + 1)

    def _step(self, file: Path, path: Path_) -> _Pair:
        """Key and value at `path` of one file alone; kept, since rules ask for neighbours."""
        if not path:
            root = _readable(file)
            return root, root
        known = self._steps.get((file, path))
        if known is None:
            known = self._child(self._step(file, path[:-1])[1], path[-1])
            self._steps[file, path] = known
        return known

    def _extended(self, file: Path, service: str) -> tuple[Path, str] | None:
        """File and name of the service that one says it `extends`."""
        node = self._step(file, ("services", service, "extends"))[1]
        if isinstance(node, yaml.ScalarNode):
            return (file, node.value) if node.value != service else None
        name, other = (self._child(node, key)[1] for key in ("service", "file"))
        if not isinstance(name, yaml.ScalarNode):
            return None
        return (file.parent / other.value if other else file), name.value

    def _included(self, file: Path, depth: int = 0) -> Iterator[Path]:
        node = self._child(_readable(file), "include")[1]
        for item in node.value if isinstance(node, yaml.SequenceNode) else ():
            paths = self._child(item, "path")[1] if isinstance(item, yaml.MappingNode) else item
            for name in _scalars(paths) if paths else ():
                included = file.parent / name
                if depth < _DEPTH and included.is_file():
                    yield from self._included(included, depth + 1)
                    yield included

    def _child(self, node: yaml.Node | None, step: str) -> _Pair:
        """Key and value of one entry; merged (`<<`) entries count where no own one does."""
        if isinstance(node, yaml.SequenceNode):
            return _item(node, step)
        if not isinstance(node, yaml.MappingNode):
            return None, None
        return self._index(node).get(step, (None, None))

    def _index(self, node: yaml.MappingNode, depth: int = 0) -> _Index:
        """The entries of a mapping by key; kept, since a stack of 1,000 services is one mapping."""
        known = self._indexes.get(id(node))
        if known is not None:
            return known
        index: _Index = {}
        for merged in _merged(node) if depth < _DEPTH else ():
            if isinstance(merged, yaml.MappingNode):
                index = self._index(merged, depth + 1) | index
        index |= {key.value: (key, value) for key, value in node.value if _is_plain(key)}
        self._indexes[id(node)] = index
        return index


class _Loader(CParser):
    """A parser that does not ask of each word whether it is a number, a date or a truth.

    Tags that are written are kept; of the others only that of a merge key (`<<`) is told.
    """

    def descend_resolver(self, parent: object, index: object) -> None:
        """Nothing depends on where a node stands."""

    def ascend_resolver(self) -> None:
        """The same."""

    def resolve(self, kind: type, value: str | None, implicit: tuple[bool, bool]) -> str:
        """The tag of a node that has none; a quoted word is no merge key."""
        return _MERGE if value == "<<" and implicit[0] else _TAGS[kind]


@functools.lru_cache(maxsize=256)
def _tree(file: Path) -> yaml.Node | None:
    with file.open("rb") as stream:
        tree: yaml.Node | None = _Loader(stream).get_single_node()
    return tree


@functools.lru_cache(maxsize=256)
def lines(file: Path) -> list[str]:
    """A file's lines; none where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _readable(file: Path) -> yaml.Node | None:
    """The tree of a file; None where it is none, which Compose will have said."""
    try:
        return _tree(file)
    except (yaml.YAMLError, OSError, UnicodeDecodeError, RecursionError):
        return None


def _is_plain(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode) and key.tag != _MERGE


def _item(node: yaml.SequenceNode, step: str) -> _Pair:
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


def _position(node: yaml.Node) -> Position:
    mark = node.start_mark
    return Position(_path(mark.name), mark.line + 1, mark.column + 1)


@functools.lru_cache(maxsize=256)
def _path(name: str) -> Path:
    return Path(name)


def _as_error(file: Path, error: yaml.MarkedYAMLError) -> InputError:
    mark = error.problem_mark or error.context_mark
    at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file)
    return InputError(
        f"is not YAML: {error.problem or error.context}",
        at=at,
        hint="mend the file there; nothing was started",
    )
