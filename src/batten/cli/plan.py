"""`batten plan`."""

import click

from batten.cli.main import COMMANDS
from batten.cli.stack import Named, stack_options


@click.command("plan", help=COMMANDS["plan"])
@stack_options
@click.option(
    "--host",
    "text",
    metavar="CPUS,MEMORY",
    help="The machine it is meant for, as `8cpu,16g`, or `here`; else the engine's, or this one.",
)
@click.option("--fit", "fitted", is_flag=True, help="Scale the figures down until they fit.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "env"]),
    default="text",
    show_default=True,
    help="`env` prints the fitted figures' variables alone.",
)
def command(
    named: Named,
    text: str | None,
    fitted: bool,  # noqa: FBT001
    form: str,
) -> None:
    """Plan a stack."""
    if form == "env" and not fitted:
        raise click.UsageError("`--format env` prints fitted figures: add `--fit`")
    from batten.cli import host
    from batten.plan import fit, fixed, plan, read, variables
    from batten.report import plan as report

    where = host.parse(text) if text else host.of_engine()
    stack = read(named.project())
    found = plan(stack, where)
    if not fitted:
        report.write(report.Answer(found), form)
    else:
        after = fit(found, fixed(stack))
        told = variables(stack, found, after)
        report.write(report.Answer(after, found, told, fixed(stack)), form)
        found = after
    if not found.fits:
        raise click.exceptions.Exit(1)
