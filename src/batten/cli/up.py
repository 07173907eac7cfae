"""`batten up`."""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

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
@click.option(
    "--install-driver",
    is_flag=True,
    help="Install the log driver where the stack wants it and it is missing, without asking.",
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
    install_driver: bool,  # noqa: FBT001
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
        return write_env or _asks(
            f"{count} passwords are ones that everybody knows. Write random ones to .env?"
        )

    def may_install_driver(count: int) -> bool:
        return install_driver or _asks(
            f"{count} services log through the log driver `loki`, which this engine does not have. "
            "Install Batten's, as a plugin of the engine?"
        )

    stack = named.project()
    options = Options(may_write_env, may_install_driver, images, rebuild, timeout_s)
    with Engine.connect() as engine:
        shown = progress()
        try:
            started = up(engine, stack, options, shown)
        except KeyboardInterrupt:
            shown.close()
            _leave()
        show(engine, started.name, started, form)


def _leave() -> NoReturn:
    """Say what an interruption left, and hang up: that is how the engine is told to stop a build."""
    click.echo("\ninterrupted: what was started stays", err=True)
    click.echo("hint: `batten up` goes on from here, `batten down` takes it away", err=True)
    sys.stderr.flush()
    os._exit(130)


def _asks(question: str) -> bool:
    """Ask a person; without one the answer is no."""
    return sys.stdin.isatty() and sys.stderr.isatty() and click.confirm(question, err=True)
