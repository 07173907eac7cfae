"""`batten logs install`, `uninstall` and `status`: the log driver that the lines go through."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from batten.logs.driver import DriverStatus

_name = click.option(
    "--name", default="loki", show_default=True, metavar="NAME", help="Name of the log driver."
)


@click.command("install")
@_name
def install(name: str) -> None:
    """Build Batten's log driver and give it to the engine as a plugin; again: upgrade it."""
    from batten.engine import Engine
    from batten.logs.install import install
    from batten.report.progress import progress

    with Engine.connect() as engine:
        done = install(engine, name, progress())
    click.echo(f"{done.how} the log driver `{name}`; what waits lies in `{done.state}`", err=True)
    if done.kept:
        click.echo(f"{len(done.kept)} containers went on logging through it", err=True)


@click.command("uninstall")
@_name
@click.option("--purge", is_flag=True, help="Remove what was not shipped yet, too.")
def uninstall(
    name: str,
    purge: bool,  # noqa: FBT001
) -> None:
    """Take the log driver out of the engine; what was not shipped yet stays for the next one."""
    from batten.engine import Engine
    from batten.logs.install import uninstall
    from batten.report.progress import progress

    with Engine.connect() as engine:
        state = uninstall(engine, name, progress(), purge=purge)
    click.echo(f"removed the log driver `{name}`", err=True)
    if not purge:
        click.echo(f"what was not shipped stays in `{state}`", err=True)


@click.command("status")
@_name
@click.option(
    "--project-name", "-p", "project", metavar="NAME", help="One stack's containers only."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def status(name: str, project: str | None, form: str) -> None:
    """Show how far the log driver is with each container: shipped, behind, dropped."""
    from batten.logs import driver
    from batten.report.logs import status as report

    found = driver.ask() or _unasked(name)
    if project:
        found = found.only(project)
    if form == "json":
        click.echo(report.as_json(found))
    else:
        report.show(found)


def _unasked(name: str) -> "DriverStatus":
    """Say why nothing answers."""
    from batten.engine import Engine
    from batten.logs import driver

    with Engine.connect() as engine:
        host = engine.host()
        raise driver.unasked(host.log_drivers, local=host.local, name=name)


COMMANDS = {"install": install, "uninstall": uninstall, "status": status}
