"""What was written last time, kept as digests at the end of the overlay."""

import re
from collections.abc import Mapping

from batten.harden.document import Blocks, Key, digest

_TITLE = "# What `batten harden` wrote, so that it knows next time what you have changed since.\n"
_LINE = re.compile(r"# batten: (\S+)((?: \S+=[0-9a-f]{6})*)")
_FILES = "files"

Digests = dict[Key, str]


def record(blocks: Blocks, files: Mapping[str, str]) -> str:
    """The lines at the end: one for each service, a word for each of its keys."""
    groups: dict[str, list[str]] = {}
    for key, text in blocks.items():
        groups.setdefault("/".join(key[:-1]) or ".", []).append(f"{_name(key)}={digest(text)}")
    if files:
        groups[_FILES] = [f"{path}={digest(text)}" for path, text in files.items()]
    lines = (f"# batten: {group} {' '.join(words)}\n" for group, words in groups.items())
    return f"\n{_TITLE}{''.join(lines)}"


def recorded(text: str) -> tuple[str, Digests | None]:
    """A file without its record, and the record; None where it has none."""
    body, title, tail = text.partition(f"\n{_TITLE}")
    if not title:
        return text, None
    found: Digests = {}
    rest = []
    for line in tail.splitlines(keepends=True):
        match = _LINE.fullmatch(line.strip())
        if match:
            found |= _digests(match[1], match[2].split())
        else:
            rest.append(line)
    # What somebody has added below the record is a part of the file.
    return body + "".join(rest), found


def _digests(group: str, words: list[str]) -> Digests:
    parent: Key = () if group == "." else tuple(group.split("/"))
    pairs = (word.rpartition("=") for word in words)
    if group == _FILES:
        return {(_FILES, name): value for name, _, value in pairs}
    return {((*parent, name) if name != "." else ()): value for name, _, value in pairs}


def file_digest(digests: Digests, path: str) -> str | None:
    """What a configuration file was known by when it was written."""
    return digests.get((_FILES, path))


def _name(key: Key) -> str:
    return key[-1] if key else "."
