"""`batten check`."""

from typing import TYPE_CHECKING

import click

from batten.cli.main import COMMANDS
from batten.cli.stack import Named, stack_options

if TYPE_CHECKING:
    from batten.check import Selection

_SEVERITIES = click.Choice(["error", "warning", "advice"])


@click.command("check", help=COMMANDS["check"])
@stack_options
@click.option("--rule", "only", multiple=True, metavar="RULE", help="Ask only this; repeatable.")
@click.option("--group", "groups", multiple=True, metavar="GROUP", help="Ask only its rules.")
@click.option("--skip", multiple=True, metavar="RULE", help="Do not ask this rule; repeatable.")
@click.option(
    "--severity",
    "least",
    type=_SEVERITIES,
    default="advice",
    show_default=True,
    help="Leave out what is milder.",
)
@click.option(
    "--fail-on",
    type=_SEVERITIES,
    default="warning",
    show_default=True,
    help="Exit 1 where something so bad, or worse, is open.",
)
@click.option(
    "--host",
    metavar="CPUS,MEMORY",
    help="The machine it is meant for, as `8cpu,16g`, or `here`; without it nothing is compared "
    "with a host.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "junit", "github"]),
    default="text",
    show_default=True,
)
@click.option("--list", "listed", is_flag=True, help="Show the rules and leave.")
@click.option("--explain", metavar="RULE", help="Show what a rule is about and leave.")
def command(
    named: Named,
    only: tuple[str, ...],
    groups: tuple[str, ...],
    skip: tuple[str, ...],
    least: str,
    fail_on: str,
    host: str | None,
    form: str,
    listed: bool,  # noqa: FBT001
    explain: str | None,
) -> None:
    """Check a stack."""
    from batten.check import Selection, Severity, check

    selection = Selection(only, groups, skip, Severity(least))
    if listed or explain:
        _tell(selection if listed else Selection((explain or "",)), full=bool(explain))
        return
    from batten.cli.host import parse
    from batten.report.check import render

    report = check(named.project(), parse(host) if host else None, selection)
    click.echo(render(report, form), nl=False)
    if report.fails(Severity(fail_on)):
        raise click.exceptions.Exit(1)


def _tell(selection: "Selection", *, full: bool) -> None:
    for rule in selection.rules():
        summary = rule.text.partition("\n")[0]
        shown = rule.text if full else f"{rule.group}/{rule.name} ({rule.severity}): {summary}"
        click.echo(shown)
