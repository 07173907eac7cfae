"""`batten up`, from the files to a stack that holds."""

from collections.abc import Callable, Iterator

import msgspec

from batten.compose import Project
from batten.engine import Engine
from batten.errors import Refusal
from batten.model import Stack
from batten.progress import Progress
from batten.up import log_driver, secrets
from batten.up.choice import Choice, Images, choose
from batten.up.fit import Fit, fit
from batten.up.obtain import obtain, size_to_come
from batten.up.preflight import preflight
from batten.up.problem import Problem
from batten.up.start import start


class Options(msgspec.Struct, frozen=True):
    """What a person may ask of `up` beside the stack.

    `may_write_env` is asked, with the number of passwords, whether random ones may be written
    to `.env`; `may_install_driver`, with the number of services that log through it, whether the
    engine may be given Batten's log driver.
    """

    may_write_env: Callable[[int], bool]
    may_install_driver: Callable[[int], bool]
    images: Images = "auto"
    rebuild: bool = False
    timeout_s: float = 300


def up(engine: Engine, project: Project, options: Options, progress: Progress) -> Stack:
    """Check this host, get the images, start the stack and wait until it is healthy.

    Returns the stack as it was started, with the overlay of its images.
    Raise Refusal before anything is touched where something speaks against it; ImageError,
    DiskFull or Unhealthy later. Running it twice changes nothing.
    """
    with progress.step("checking this machine"):
        choice = choose(engine, project, options.images)
        host = engine.host()
        known = secrets.known_to_all(project)
        size = size_to_come(engine, choice)
        found = list(preflight(engine, host, choice.project, choice.stack, size))
    if known and _may_write_env(engine, project, choice, options, found, len(known)):
        progress.note(
            f"wrote {len(known)} random passwords to `{secrets.write_env(project, known)}`"
        )
        choice, known = choose(engine, project, options.images), []
    _refuse(found + secrets.problems(project, known))
    host = log_driver.prepare(engine, host, choice.stack, options.may_install_driver, progress)
    foreign = log_driver.is_foreign(engine, host)
    fitted = fit(choice.stack, host, foreign_driver=foreign)
    _tell(choice, found, fitted, progress)
    obtain(engine, choice, progress, rebuild=options.rebuild)
    start(
        engine,
        _fitted(choice, fitted),
        choice.stack,
        choice.services,
        progress,
        options.timeout_s,
    )
    return choice.stack


def _may_write_env(
    engine: Engine,
    project: Project,
    choice: Choice,
    options: Options,
    found: list[Problem],
    count: int,
) -> bool:
    """Not where the start will be refused anyway, nor where data keeps the old passwords."""
    if project.env_file.exists() or any(not problem.is_warning for problem in found):
        return False
    if engine.volumes(choice.stack.name):
        raise Refusal(
            f"{count} passwords are ones that everybody knows, and the volumes of an earlier run "
            f"of `{choice.stack.name}` were made with them",
            hint=f"write the passwords to `{project.env_file}` after changing them in the "
            "databases, or start anew: `batten down --volumes`",
        )
    return options.may_write_env(count)


def _refuse(problems: list[Problem]) -> None:
    grave = [problem for problem in problems if not problem.is_warning]
    if not grave:
        return
    if len(grave) == 1:
        raise Refusal(grave[0].message, at=grave[0].at, hint=grave[0].hint)
    listed = "\n".join(_lines(grave))
    raise Refusal(
        f"{len(grave)} things speak against starting; nothing was touched\n{listed}",
        hint="mend them and run `batten up` again",
    )


def _lines(problems: list[Problem]) -> Iterator[str]:
    """Each problem with its place; what mends several of them is said once, below the last."""
    for hint in dict.fromkeys(problem.hint for problem in problems):
        for problem in problems:
            if problem.hint == hint:
                yield (
                    f"  - {problem.at}: {problem.message}"
                    if problem.at
                    else f"  - {problem.message}"
                )
        yield f"    {hint}"


def _tell(choice: Choice, found: list[Problem], fitted: Fit, progress: Progress) -> None:
    if choice.why:
        progress.note(f"images are built here ({choice.why})")
    for problem in found:
        progress.note(f"{problem.message}; {problem.hint}")
    for note in fitted.notes:
        progress.note(note)


def _fitted(choice: Choice, fitted: Fit) -> Project:
    overlay = fitted.write(choice.stack.name)
    return choice.project.with_files(overlay) if overlay else choice.project
