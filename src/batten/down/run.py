"""`batten down`."""

from pathlib import Path

from batten.compose import binary
from batten.compose.command import run
from batten.engine import Engine
from batten.errors import ComposeError
from batten.progress import Progress

# Beyond this a stop hangs; the longest grace period of the reference stack is a minute.
TIMEOUT_S = 600


def down(engine: Engine, name: str, progress: Progress, *, volumes: bool) -> int:
    """Stop and remove what the project `name` has on this engine; returns how many containers.

    Each service gets its own grace period. The files of the stack are not needed: the engine
    knows what belongs together. Raise ComposeError where something could not be removed.
    """
    count = len(engine.containers(name))
    words = [str(binary.find()), "--ansi=never", "--project-name", name]
    words += ["down", "--remove-orphans", *(["--volumes"] if volumes else [])]
    with progress.step(f"stopping {name}"):
        answer = run(words, Path("/"), timeout_s=TIMEOUT_S)
    if answer.code:
        raise ComposeError(
            f"Compose could not take `{name}` down: {answer.errors.splitlines()[-1]}",
            hint="`batten status` shows what is left; run `batten down` again",
        )
    return count
