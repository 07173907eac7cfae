"""The overlay of a stack, from its first line to its last."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from batten.check import Stack
from batten.harden import anchors
from batten.harden.document import Blocks
from batten.harden.figures import Figures
from batten.harden.observability import Added, named_volumes
from batten.harden.service import Subject, values
from batten.harden.words import comment

_WHY = (
    "Every figure is a variable with its default beside it, so that a smaller or larger host needs "
    "a line in `.env` and no edit here. Written by `batten harden`, which respects what the base "
    "says; what you change here stays yours when it is written again."
)
_JOINED = {"environment"}
_DRIVER = "The services want the `loki` log driver: `batten logs install`."


def overlay(stack: Stack, added: Added, files: Sequence[Path], loki: str | None) -> Blocks:
    """Blocks of text; `stack` has the added services in it, `loki` is the service logs go to."""
    services: Blocks = {}
    for name, service in stack.services.items():
        own = {key: text for key, text in added.blocks.items() if key[1] == name}
        for key, text in values(Subject(service, Figures.of(service), loki)):
            at = ("services", name, key)
            # A template has variables of its own already.
            own[at] = (
                own[at] + text.partition("\n")[2]
                if key in _JOINED and at in own
                else own.get(at, text)
            )
        if own:
            services |= {("services", name): f"\n  {name}:\n"} | own
    first = next(iter(services), None)
    if first:
        services[first] = services[first].lstrip("\n")
    blocks: Blocks = {(): _header(files, loki)}
    blocks |= _shared("".join(services.values()), loki)
    blocks |= {("services",): "\nservices:\n"} | services
    volumes = [
        name for name in named_volumes(services) if name not in stack.volumes or name in _own(added)
    ]
    if volumes:
        blocks |= {("volumes",): "\nvolumes:\n"} | {
            ("volumes", one): f"  {one}:\n" for one in volumes
        }
    return blocks


def _own(added: Added) -> list[str]:
    return named_volumes(added.blocks)


def _header(files: Sequence[Path], loki: str | None) -> str:
    names = " ".join(f"-f {file.name}" for file in files)
    title = "# The stack in production, on top of the base:\n"
    told = comment(f"{_WHY} {_DRIVER}" if loki else _WHY, 0)
    return f"{title}#\n#     docker compose {names} up -d\n#\n{told}"


def _shared(text: str, loki: str | None) -> Blocks:
    """The anchors that are used."""
    url = f"http://{loki}:3100/loki/api/v1/push"
    known: Iterable[tuple[str, str]] = (
        ("x-restart", anchors.RESTART),
        ("x-loki", anchors.LOKI.format(url=url)),
        ("x-json-file", anchors.JSON_FILE),
        ("x-no-new-privileges", anchors.NO_NEW_PRIVILEGES),
    )
    return {(key,): block for key, block in known if anchors.USES[key] in text}
