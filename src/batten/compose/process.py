"""Compose's process, which may be started before anything else of Batten is imported.

Reading a stack takes Compose longer than importing the rest takes Batten, and a second core is
mostly idle: hence no import here but what starts a process.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence

_Words = tuple[str, ...]
_ahead: dict[tuple[_Words, str], "subprocess.Popen[bytes]"] = {}
# More than most stacks are in JSON: Compose ends before anybody reads its answer.
_PIPE = 1 << 20
# A stack of 57 services is read before 60 MB are used up, so looking for garbage meanwhile would
# only take a core from Batten; one of thousands is still kept in bounds (384 MB). A stack may name
# these variables itself: the odd figures tell where one of them has come into what Compose answered.
_UNHURRIED = {"GOGC": "1000003", "GOMEMLIMIT": "402653211B"}


def environment() -> dict[str, str]:
    """The environment Compose is run in; `-f` has been decided on, so Compose is not asked again."""
    ours = {"COMPOSE_MENU": "false", "DOCKER_CLI_HINTS": "false"}
    return {key: value for key, value in os.environ.items() if key != "COMPOSE_FILE"} | ours


def start(words: Sequence[str], folder: str) -> "subprocess.Popen[bytes]":
    """The process of these words; OSError where it cannot be."""
    return _spawn(words, folder, environment())


def start_unhurried(words: Sequence[str], folder: str) -> "subprocess.Popen[bytes]":
    """The same without garbage collection, if it has not been started ahead; ask `shows` after it."""
    return _ahead.pop((tuple(words), folder), None) or _spawn(
        words, folder, _UNHURRIED | environment()
    )


def shows(out: bytes) -> bool:
    """Whether an answer has a variable in it that only an unhurried process was given."""
    return any(value.encode() in out for value in _UNHURRIED.values())


def start_ahead(words: Sequence[str], folder: str) -> None:
    """Start what will be asked for in a moment; a guess that was wrong costs no more than time."""
    _ahead[tuple(words), folder] = _spawn(words, folder, _UNHURRIED | environment())


def end_ahead() -> None:
    """End what was started ahead and that nobody asked for."""
    while _ahead:
        _, process = _ahead.popitem()
        process.kill()
        process.communicate()


def _spawn(
    words: Sequence[str], folder: str, environ: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pipesize=_PIPE,
        cwd=folder,
        env=environ,
    )
