"""`batten status`."""

from typing import TYPE_CHECKING

import click

from batten.cli.main import COMMANDS
from batten.cli.stack import Named, stack_options

if TYPE_CHECKING:
    from batten.engine import Engine
    from batten.model import Stack


@click.command("status", help=COMMANDS["status"])
@stack_options
@click.option("--watch", "-w", is_flag=True, help="Refresh until interrupted.")
@click.option(
    "--interval",
    "interval_s",
    type=click.FloatRange(min=0.5),
    default=2,
    show_default=True,
    metavar="SECONDS",
    help="Time between refreshes.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(
    named: Named,
    watch: bool,  # noqa: FBT001
    interval_s: float,
    form: str,
) -> None:
    """Show a stack."""
    from batten import compose
    from batten.engine import Engine

    with Engine.connect() as engine:
        found, project = named.running(engine)
        stack = compose.read(project) if project else None
        if watch:
            _watch(engine, found, stack, form, interval_s)
        elif not show(engine, found, stack, form):
            raise click.exceptions.Exit(1)


def show(engine: "Engine", name: str, stack: "Stack | None", form: str) -> bool:
    """Print a stack's state once; returns whether all is well."""
    from batten.report import status as report
    from batten.status import read

    found = read(engine, name, stack)
    if form == "json":
        click.echo(report.as_json(found))
    else:
        report.show(found)
    return found.ok


def _watch(
    engine: "Engine", name: str, stack: "Stack | None", form: str, interval_s: float
) -> None:
    """Show it until Ctrl-C, which is how a watch ends well."""
    from batten.report.watch import watch
    from batten.status import read

    try:
        watch(lambda: read(engine, name, stack), form, interval_s)
    except KeyboardInterrupt:
        return
