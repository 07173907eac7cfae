"""`batten down`."""

import sys

import click

from batten.cli.main import COMMANDS
from batten.cli.stack import Named, stack_options


@click.command("down", help=COMMANDS["down"])
@stack_options
@click.option("--volumes", is_flag=True, help="Remove the data too. Asks first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(
    named: Named,
    volumes: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
) -> None:
    """Stop a stack."""
    from batten.down import down
    from batten.engine import Engine
    from batten.report.progress import progress

    with Engine.connect() as engine:
        found, _ = named.running(engine)
        if volumes and not yes:
            _ask(found, engine.volumes(found))
        count = down(engine, found, progress(), volumes=volumes)
        kept = engine.volumes(found)
    click.echo(f"removed {count} containers of `{found}`", err=True)
    if kept:
        click.echo(f"its data stays in {len(kept)} volumes", err=True)


def _ask(name: str, volumes: tuple[str, ...]) -> None:
    """Name what would be lost; without a person to ask, refuse."""
    from batten.errors import Refusal

    listed = ", ".join(volumes) or "none"
    if not sys.stdin.isatty():
        raise Refusal(
            f"the data of `{name}` would be lost: {listed}",
            hint="say `--yes` where nobody can be asked",
        )
    if not click.confirm(
        f"This removes the data of `{name}` for good ({listed}). Go on?", err=True
    ):
        raise Refusal("nothing was touched")
