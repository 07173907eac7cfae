"""The program that the plugin runs: the one of its root file system, or one that replaced it.

While containers log through a plugin, the engine lets nobody replace it. So a newer program is put
into the state folder, which outlives everything else, and the supervisor goes on as that one:

    <state>/program/<name>/     what lies in /opt/batten of the newer image
    <state>/program/current     the name of the one that shall run
    <state>/program/running     the name of the one that does, and its Python
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

HOME = Path(os.environ.get("BATTEN_HOME", "/opt/batten"))
# The one that came with the plugin's root file system.
BUILT_IN = "built-in"
_CURRENT, _RUNNING = "current", "running"
# Seconds for which a running supervisor may not have noticed.
PATIENCE = 15


class OtherPython(Exception):
    """The running plugin has a Python that cannot run the newer program."""


def folder(state: Path) -> Path:
    """Where programs lie in a state folder."""
    return state / "program"


def running(path: str | None = None) -> str:
    """The name of the program that this process runs."""
    first = Path(path if path is not None else os.environ.get("PYTHONPATH", str(HOME)))
    return first.name if first.parent.name == "program" else BUILT_IN


def wanted(state: Path) -> str:
    """The name of the program that shall run."""
    with contextlib.suppress(OSError):
        name = (folder(state) / _CURRENT).read_text(encoding="utf-8").strip()
        if name and (folder(state) / name / "batten").is_dir():
            return name
    return BUILT_IN


def become(state: Path, name: str) -> None:
    """Go on as another program, in this same process."""
    home = HOME if name == BUILT_IN else folder(state) / name
    words = [sys.executable, "-m", "batten.driver"]
    os.execve(sys.executable, words, os.environ | {"PYTHONPATH": str(home)})  # noqa: S606  # its own


def say_running(state: Path) -> None:
    """Tell which program runs, for whoever replaces it."""
    folder(state).mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(state, _RUNNING, json.dumps({"name": running(), "python": sys.implementation.cache_tag}))


def replace(state: Path, name: str) -> None:
    """Put the program of this process's image into `state`, and wait until it runs.

    Raise OtherPython where the plugin's Python cannot run it, TimeoutError where the plugin does
    not take it.
    """
    import shutil

    said = json.loads((folder(state) / _RUNNING).read_text(encoding="utf-8"))
    if said["python"] != sys.implementation.cache_tag:
        raise OtherPython(said["python"])
    if said["name"] == name:
        return
    target = folder(state) / name
    draft = target.with_name(f"{name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(HOME, draft)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
    before = wanted(state)
    _write(state, _CURRENT, name)
    try:
        _await(state, name)
    except TimeoutError:
        # One that does not start would leave the containers' lines untaken.
        _write(state, _CURRENT, before)
        raise
    for other in folder(state).iterdir():
        if other.is_dir() and other != target:
            shutil.rmtree(other, ignore_errors=True)


def _await(state: Path, name: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if json.loads((folder(state) / _RUNNING).read_text(encoding="utf-8"))["name"] == name:
            return
        time.sleep(0.1)
    raise TimeoutError(name)


def forget(state: Path) -> None:
    """Remove what replaced the built-in program: a whole new plugin is about to be made."""
    import shutil

    shutil.rmtree(folder(state), ignore_errors=True)


def _write(state: Path, name: str, text: str) -> None:
    draft = folder(state) / f"{name}.draft"
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder(state) / name)
