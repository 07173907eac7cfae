"""Builds what is missing or stale, several at a time, parents first."""

import os
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from batten.engine import Engine
from batten.engine.context import context_tar
from batten.images.base import import_base
from batten.images.recipe import Recipe, digests
from batten.images.wheels import wheels
from batten.progress import Progress, Step

# What an image was made of; an image without it was not built by Batten and is left alone.
INPUTS = "dev.batten.inputs"


def build_missing(
    engine: Engine, found: Mapping[str, Recipe], progress: Progress, *, rebuild: bool = False
) -> list[str]:
    """Build every recipe whose image is not there or was made of something else.

    `found` has parents first, as `recipes` gives it. Returns the tags that were built. Raise
    ImageError or DiskFull at the first that fails; images that were finished before stay.
    """
    inputs = digests(found)
    stale = [tag for tag in found if rebuild or _is_stale(engine, tag, inputs[tag])]
    waiting, running, built = list(stale), dict[Future[None], str](), list[str]()
    architecture = engine.host().architecture
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        try:
            while waiting or running:
                for tag in [tag for tag in waiting if _is_ready(found[tag], stale, built)]:
                    waiting.remove(tag)
                    job = _Job(engine, found[tag], inputs[tag], architecture, rebuild=rebuild)
                    running[pool.submit(job.run, progress)] = tag
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    built.append(running.pop(done))
                    done.result()
        except BaseException:
            for future in running:
                future.cancel()
            raise
    return built


def _is_stale(engine: Engine, tag: str, inputs: str) -> bool:
    image = engine.image(tag)
    return image is None or image.labels.get(INPUTS, inputs) != inputs


def _is_ready(recipe: Recipe, stale: list[str], built: list[str]) -> bool:
    return all(parent not in stale or parent in built for parent in recipe.parents)


class _Job:
    """One image being built."""

    def __init__(
        self, engine: Engine, recipe: Recipe, inputs: str, architecture: str, *, rebuild: bool
    ) -> None:
        self.engine, self.recipe, self.rebuild = engine, recipe, rebuild
        self.labels, self.architecture = {INPUTS: inputs}, architecture

    def run(self, progress: Progress) -> None:
        with progress.step(f"building {self.recipe.tag}") as step:
            if self.recipe.is_base:
                import_base(self.engine, self.recipe, self.labels, step)
            else:
                self._build(step)

    def _build(self, step: Step) -> None:
        recipe = self.recipe
        extra = []
        if recipe.wants_wheels:
            step.tell("fetching Python packages")
            found = wheels(recipe.folder / "requirements.txt", self.architecture)
            extra = [(f"wheels/{wheel.name}", wheel) for wheel in found]
        with context_tar(recipe.folder, recipe.files(), extra) as tar:
            self.engine.build(
                tar,
                recipe.tag,
                dockerfile=recipe.dockerfile,
                args=recipe.args,
                labels=self.labels,
                target=recipe.target,
                no_cache=self.rebuild,
                on_line=step.tell,
            )
