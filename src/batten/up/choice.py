"""Which images a stack runs: upstream's, or those built on the spot."""

from typing import Literal

import msgspec

from batten import compose
from batten.compose import Project
from batten.engine import Engine
from batten.engine.reference import registry
from batten.errors import InputError
from batten.model import Stack

Images = Literal["auto", "registry", "embedded"]


class Choice(msgspec.Struct, frozen=True):
    """The stack to start, with the reason for its images.

    `services` are the ones that the user's own files have: an embedded overlay describes more
    than a base without its production overlay asks for.
    """

    project: Project
    stack: Stack
    why: str | None
    services: tuple[str, ...]

    @property
    def is_embedded(self) -> bool:
        """Whether the images are built on the spot."""
        return self.project.is_embedded


def choose(engine: Engine, project: Project, images: Images) -> Choice:
    """Raise InputError where embedded images are asked for and there is no such overlay."""
    stack = compose.read(project)
    overlay = project.embedded_overlay
    if project.is_embedded:
        return Choice(project, stack, None, tuple(stack.services))
    if images == "embedded" and overlay is None:
        raise InputError(
            f"the stack `{stack.name}` has no images to build on the spot: "
            f"there is no `compose.embedded.yaml` in `{project.folder}`",
            hint="use `--images registry`",
        )
    why = None
    if images == "embedded":
        why = "asked for"
    elif images == "auto" and overlay:
        why = _why_embedded(engine, project.with_files(overlay), stack)
    if overlay is None or why is None:
        return Choice(project, stack, None, tuple(stack.services))
    embedded = project.with_files(overlay)
    return Choice(embedded, _only(compose.read(embedded), stack), why, tuple(stack.services))


def _only(stack: Stack, own: Stack) -> Stack:
    services = {name: one for name, one in stack.services.items() if name in own.services}
    return msgspec.structs.replace(stack, services=services)


def _why_embedded(engine: Engine, embedded: Project, upstream: Stack) -> str | None:
    """A reason to build the images here, None for upstream's.

    What is there decides first: the two kinds keep objects in different formats, so a stack
    never changes kind behind somebody's back.
    """
    known = engine.projects().get(upstream.name)
    if known:
        return "as the running stack" if Project(known.config_files).is_embedded else None
    there = set(engine.volumes(upstream.name))
    if there:
        theirs = {volume.name for volume in upstream.volumes.values()}
        ours = {volume.name for volume in compose.read(embedded).volumes.values()}
        if there & (ours - theirs):
            return "as the data of an earlier run"
        if there & (theirs - ours):
            return None
    return _unreachable(engine, upstream)


def _unreachable(engine: Engine, stack: Stack) -> str | None:
    """Why the first image that is not here cannot be pulled; registries are asked one image each."""
    asked: set[str] = set()
    for service in stack.running_services.values():
        image = service.image
        if service.build or image is None or engine.image(image):
            continue
        host = registry(image)
        if host in asked:
            continue
        asked.add(host)
        error = engine.registry_error(image)
        if error:
            return f"`{image}` cannot be pulled: {error}"
    return None
