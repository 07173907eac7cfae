"""Gets every image of a stack onto this machine."""

from batten.engine import Engine
from batten.errors import ImageError
from batten.images import build_missing, recipes
from batten.model import Stack
from batten.progress import Progress
from batten.up.choice import Choice
from batten.workers import workers

# The reference stack's images take 0.9 GB, as `docker system df` counts them; the rest is room to
# build in.
EMBEDDED_SIZE = 2 << 30
# Two transfers fill most lines; more only make each slower to fail.
PULLS = 2


def missing(engine: Engine, stack: Stack) -> list[str]:
    """The images of `stack` that are neither here nor built, in the order of its services."""
    wanted = [
        service.image
        for service in stack.running_services.values()
        if service.image and service.build is None
    ]
    return [image for image in dict.fromkeys(wanted) if engine.image(image) is None]


def size_to_come(engine: Engine, choice: Choice) -> int:
    """Bytes that building will take at most; what a pull takes, no registry tells beforehand."""
    new = any(engine.image(tag) is None for tag in recipes(choice.stack))
    return EMBEDDED_SIZE if choice.is_embedded and new else 0


def obtain(engine: Engine, choice: Choice, progress: Progress, *, rebuild: bool) -> None:
    """Pull and build what is missing; raise ImageError at what cannot be had."""
    wanted = missing(engine, choice.stack)
    never = [image for image in wanted if _is_never_pulled(choice.stack, image)]
    if never:
        raise ImageError(
            f"the image `{never[0]}` is not on this machine and its `pull_policy` is `never`",
            hint="build or load it: `docker load`, or remove `pull_policy: never`",
        )

    def pull(image: str) -> None:
        with progress.step(f"pulling {image}") as step:
            engine.pull(image, step.tell)

    with workers(PULLS) as pool:
        list(pool.map(pull, wanted))
    build_missing(engine, recipes(choice.stack), progress, rebuild=rebuild)


def _is_never_pulled(stack: Stack, image: str) -> bool:
    users = [one for one in stack.running_services.values() if one.image == image]
    return all(user.pull_policy == "never" for user in users)
