"""`batten up`."""

from typing import TYPE_CHECKING

import click

from batten.cli.main import COMMANDS
from batten.cli.stack import Named, stack_options

if TYPE_CHECKING:
    from batten.up.choice import Images


@click.command("up", help=COMMANDS["up"])
@stack_options
@click.option(
    "--images",
    type=click.Choice(["auto", "registry", "embedded"]),
    default="auto",
    show_default=True,
    help="Upstream's images, or those built here; auto builds what cannot be pulled.",
)
@click.option(
    "--write-env",
    is_flag=True,
    help="Write random passwords to .env where there is none, without asking.",
)
@click.option("--rebuild", is_flag=True, help="Build the images anew, with today's packages.")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=1),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the stack to become healthy.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(
    named: Named,
    images: "Images",
    write_env: bool,  # noqa: FBT001
    rebuild: bool,  # noqa: FBT001
    timeout_s: float,
    form: str,
) -> None:
    """Start a stack."""
    from batten.cli.status import show
    from batten.engine import Engine
    from batten.report.progress import progress
    from batten.up import Options, up

    def may_write_env(count: int) -> bool:
        return write_env or _asks(count)

    stack = named.project()
    options = Options(may_write_env, images, rebuild, timeout_s)
    with Engine.connect() as engine:
        try:
            outcome = up(engine, stack, options, progress())
        except KeyboardInterrupt:
            click.echo("\ninterrupted: what was started stays", err=True)
            click.echo("hint: `batten up` goes on from here, `batten down` takes it away", err=True)
            raise click.exceptions.Exit(130) from None
        show(engine, outcome.choice.stack.name, outcome.choice.stack, form)


def _asks(count: int) -> bool:
    """Ask a person; without one the answer is no."""
    import sys

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(
        f"{count} passwords are ones that everybody knows. Write random ones to .env?", err=True
    )
