"""`batten harden`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from batten.cli.main import COMMANDS
from batten.cli.stack import Named, stack_options

if TYPE_CHECKING:
    from batten.compose import Project
    from batten.harden import Hardened

_NAME = "compose.prod.yaml"


@click.command("harden", help=COMMANDS["harden"])
@stack_options
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The overlay. Default: `{_NAME}` beside the base.",
)
@click.option(
    "--observability/--no-observability",
    default=None,
    help="Add Prometheus, Grafana and Loki with their configuration. Default: as it was the last time.",
)
@click.option(
    "--diff", is_flag=True, help="Write nothing; show what would change, and exit 1 if anything."
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 unless all is up to date.")
def command(
    named: Named,
    output: Path | None,
    observability: bool | None,  # noqa: FBT001
    diff: bool,  # noqa: FBT001
    check: bool,  # noqa: FBT001
) -> None:
    """Harden a stack."""
    from batten.harden import Plan, harden

    project = named.project()
    place = (output or project.folder / _NAME).resolve()
    done = harden(Plan(_base(project, place, named=bool(named.files)), place, observability))
    if diff:
        click.echo("".join(file.diff() for file in done.files), nl=False)
    elif not check:
        for file in done.files:
            if not file.is_current:
                file.write()
    _tell(done, wrote=not (diff or check))
    if (diff or check) and not done.is_current:
        raise click.exceptions.Exit(1)


def _base(project: "Project", output: Path, *, named: bool) -> "Project":
    """The files without the overlay; an override is for development, and taken only if named."""
    import msgspec

    from batten.errors import InputError

    files = tuple(
        file
        for file in project.files
        if file != output and (named or "override" not in file.name.split("."))
    )
    if not files:
        raise InputError(
            f"`{output.name}` is the only file, and there is no base for it",
            hint="name the base with `-f`, and the overlay with `--output`",
        )
    return msgspec.structs.replace(project, files=files)


def _tell(done: "Hardened", *, wrote: bool) -> None:
    from batten.model import Position

    stale = [file for file in done.files if not file.is_current]
    for file in stale:
        verb = "wrote" if wrote else "would write"
        click.echo(f"{verb} `{Position(file.path).shown_file}`", err=True)
    if not stale:
        click.echo(f"up to date: {done.services} services, {len(done.files)} files", err=True)
    if done.kept:
        click.echo(f"left as you have changed them: {', '.join(done.kept)}", err=True)
    for note in done.notes:
        click.echo(f"note: {note}", err=True)
    for found in done.errors:
        click.echo(f"left for you: {found.message}", err=True)
