"""Installing the log driver into an engine, upgrading it, and taking it out again.

All of it goes through the engine's API: whoever may use the engine may install the driver, on this
machine or another one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from batten import driver
from batten.engine import Engine
from batten.engine.plugin import Plugin
from batten.errors import EngineError, Refusal
from batten.images import Recipe, build_missing, with_parents
from batten.images.build import INPUTS
from batten.images.recipe import digests
from batten.progress import Progress, Step

TAG = "batten/log-driver:0.1"
NAME = "loki"
# By this setting a plugin of Batten's is known, and what it was made of.
PROGRAM = "BATTEN_PROGRAM"
# What `batten.driver.upgrade` exits with.
_OTHER_PYTHON, _NO_ANSWER = 3, 4

_FOLDER = Path(driver.__path__[0])


class Installed(msgspec.Struct, frozen=True):
    """What became of the driver.

    `installed`: it was not there. `replaced`: nothing logged through it, and it was made anew.
    `upgraded`: the containers in `kept` went on logging through it, with no line lost; its program
    is the new one, its settings and its Python are what they were.
    """

    name: str
    how: Literal["installed", "replaced", "upgraded"]
    state: str
    kept: tuple[str, ...] = ()


def install(
    engine: Engine, name: str, progress: Progress, *, settings: Mapping[str, str] | None = None
) -> Installed:
    """Have the engine run the driver of this version of Batten under `name`.

    What waits to be shipped is kept, and so is what was set; `settings` (those of `config.json`)
    are set on top. Raise EngineError where another plugin has the name, and Refusal where only
    stopping containers would help.
    """
    found = engine.plugin(name)
    if found and PROGRAM not in found.environment:
        raise _taken(name)
    _build(engine, progress)
    users = engine.logging_through(name) if found and found.enabled else ()
    with progress.step(f"log driver {name}") as step:
        if found and users:
            _refuse(settings, users)
            return _upgrade(engine, found, users, step)
        return _replace(engine, name, found, settings or {}, step)


def _build(engine: Engine, progress: Progress) -> None:
    """Have its image; one that is up to date needs no parents."""
    found = with_parents([Recipe(TAG, _FOLDER)])
    image = engine.image(TAG)
    if image is None or image.labels.get(INPUTS) != digests(found)[TAG]:
        build_missing(engine, found, progress)


def uninstall(engine: Engine, name: str, progress: Progress, *, purge: bool = False) -> str:
    """Take the driver out of the engine; return the folder with what it had not yet shipped.

    `purge` empties that folder. Raise Refusal while containers log through it, EngineError where
    there is no such driver of Batten's.
    """
    found = engine.plugin(name)
    if found is None or PROGRAM not in found.environment:
        raise EngineError(
            f"the engine has no log driver `{name}` of Batten's",
            hint="what it has: `docker plugin ls`",
        )
    if users := engine.logging_through(name):
        raise Refusal(
            f"containers log through `{name}`: {_names(users)}",
            hint="stop them first: the engine keeps a plugin that is in use",
        )
    with progress.step(f"removing log driver {name}") as step:
        state = found.sources["state"]
        _remove(engine, found)
        if purge:
            step.tell("its spool")
            _helper(engine, state, "remove")
        return state


def _refuse(settings: Mapping[str, str] | None, users: tuple[str, ...]) -> None:
    """The engine sets nothing of a plugin that runs."""
    if settings:
        raise Refusal(
            f"settings cannot be changed while containers log through it: {_names(users)}",
            hint="stop them, run this again, start them",
        )


def _replace(
    engine: Engine, name: str, found: Plugin | None, settings: Mapping[str, str], step: Step
) -> Installed:
    """A whole new plugin: its root file system, its configuration, its program."""
    state = found.sources["state"] if found else f"{engine.data_folder()}/batten/{name}"
    step.tell("its spool")
    if found:
        _remove(engine, found)
    if code := _helper(engine, state, "prepare"):
        raise EngineError(
            f"the log driver's folder `{state}` cannot be made on the engine's host (exit code {code})",
            hint="see that the engine's own disk can be written to",
        )
    step.tell("its files, into the engine")
    engine.create_plugin(name, TAG, _configuration(engine, state))
    if wanted := {**_kept(found, engine.plugin(name)), **settings}:
        engine.set_plugin(name, wanted)
    step.tell("starting it")
    engine.enable_plugin(name)
    return Installed(name, "replaced" if found else "installed", state)


def _upgrade(engine: Engine, found: Plugin, users: tuple[str, ...], step: Step) -> Installed:
    """The plugin stays, for the engine holds the pipes in its files; its program is replaced."""
    step.tell("a newer program, while containers log through it")
    state = found.sources["state"]
    code = _helper(engine, state, "replace", _program(engine))
    if code == _OTHER_PYTHON:
        raise Refusal(
            f"the log driver `{found.name}` has a Python too old for this version of Batten, and "
            f"cannot be replaced while containers log through it: {_names(users)}",
            hint="stop them, run this again, start them",
        )
    if code:
        raise EngineError(
            f"the log driver `{found.name}` did not take its new program (exit code {code})",
            hint="see what it says in the engine's log: `journalctl -u docker`",
        )
    return Installed(found.name, "upgraded", state, users)


def _remove(engine: Engine, found: Plugin) -> None:
    if found.enabled:
        engine.disable_plugin(found.name)
    engine.remove_plugin(found.name)


def _helper(engine: Engine, state: str, verb: str, *words: str) -> int:
    """Work on the state folder, which lies on the engine's host, wherever that is."""
    command = ["-m", "batten.driver.upgrade", verb, "/state", *words]
    return engine.run(TAG, command, {"/state": state})


def _configuration(engine: Engine, state: str) -> dict[str, Any]:
    """The plugin's `config.json`, with this engine's places in it."""
    found: dict[str, Any] = msgspec.json.decode((_FOLDER / "config.json").read_bytes())
    sockets = str(Path(engine.socket()).parent)
    for mount in found["mounts"]:
        mount["source"] = {"state": state, "engine": sockets}[mount["name"]]
    found["env"].append(
        {
            "name": PROGRAM,
            "description": "What it was made of",
            "value": _program(engine),
            "settable": [],
        }
    )
    return found


def _program(engine: Engine) -> str:
    """A name for what the image was made of."""
    image = engine.image(TAG)
    assert image is not None  # noqa: S101  # it was built a moment ago
    return image.labels.get(INPUTS, image.id).removeprefix("sha256:")[:16]


def _kept(old: Plugin | None, new: Plugin | None) -> Mapping[str, str]:
    """What somebody had set, as far as the new one lets it be set and has it otherwise."""
    if old is None or new is None:
        return {}
    return {name: value for name, value in old.changed.items() if name in new.settable}


def _names(users: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{name}`" for name in users[:5])
    return f"{shown} and {len(users) - 5} more" if len(users) > 5 else shown


def _taken(name: str) -> EngineError:
    return EngineError(
        f"the engine has a plugin `{name}` already, and it is not Batten's",
        hint=f"take another name with `--name`, or remove it: `docker plugin disable {name}` and "
        f"`docker plugin rm {name}`",
    )
