"""Starting Compose on a command line that click has not read yet.

`batten check` would spend most of its time waiting for Compose, and Compose for Batten's imports.
So the few options that name a stack are read here, roughly, by nothing but `os`. Compose runs on
what was understood; click then reads the command line for good. Where the two disagree, the process
is ended and another is started: a rough reading costs time and never changes an answer.
"""

import os
from collections.abc import Iterator, Sequence

# Commands that begin by asking Compose for the merged stack.
_VERBS = {"check"}
_LONG = {"-f": "--file", "-p": "--project-name"}
_NAMING = ("--file", "--env-file", "--profile", "--project-name")
_NO_STACK = {"--help", "-h", "--list", "--explain"}

Options = list[tuple[str, str]]


def start(words: Sequence[str]) -> bool:
    """Start Compose where these words will ask for it, and return whether they will.

    What goes wrong here is told later.
    """
    if not words or words[0] not in _VERBS or _NO_STACK & set(words):
        return False
    from batten.compose.binary import locate
    from batten.compose.process import start_ahead

    try:
        given = list(_options(words[1:]))
        files = _files([value for name, value in given if name == "--file"])
        if files:
            start_ahead(
                [locate(), "--ansi=never", *_arguments(files, given), "config", "--format", "json"],
                os.path.dirname(files[0]),
            )
    except Exception:  # noqa: BLE001, S110  # click and Compose will say it, with its place
        pass
    return True


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The options that name a stack, by their long names."""
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if word[:2] in _LONG and len(word) > 2:
            yield _LONG[word[:2]], word[2:]
        elif _LONG.get(name, name) in _NAMING:
            yield _LONG.get(name, name), value if equals else next(left, "")


def _files(named: Sequence[str]) -> list[str]:
    from batten.compose.files import files

    return [os.path.realpath(file) for file in named or files(os.getcwd(), os.environ)]


def _arguments(files: Sequence[str], given: Options) -> Iterator[str]:
    """As `Project.arguments` has them."""
    for file in files:
        yield from ("--file", file)
    for wanted in _NAMING[1:]:
        values = [value for name, value in given if name == wanted]
        for value in values[-1:] if wanted == "--project-name" else values:
            yield from (wanted, os.path.realpath(value) if wanted == "--env-file" else value)
