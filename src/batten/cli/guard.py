"""`batten guard`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batten.cli.main import COMMANDS
from batten.cli.stack import Named, stack_options

if TYPE_CHECKING:
    from batten.guard.explain import Explanation


@click.command("guard", help=COMMANDS["guard"])
@stack_options
@click.option("--explain", is_flag=True, help="Print what it would do for each service, and end.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default="127.0.0.1:9477",
    show_default=True,
    envvar="BATTEN_GUARD_LISTEN",
    help="Where `/health`, `/metrics` and `/status` are served.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="BATTEN_GUARD_STATE",
    help="Folder for what it must not forget. Default: the user's state folder.",
)
def command(
    named: Named,
    explain: bool,  # noqa: FBT001
    form: str,
    listen: str,
    state: Path | None,
) -> None:
    """Guard a stack, or explain it."""
    if explain:
        from batten.report import guard as report

        report.write(_explanation(named), form)
    else:
        _guard(named, listen, state)


def _explanation(named: Named) -> "Explanation":
    """From files; with a name alone from the stack that runs under it."""
    from batten import compose
    from batten.guard.explain import explain, explain_running

    if named.files or not named.name:
        return explain(compose.read(named.project()))
    from batten.engine import Engine

    with Engine.connect() as engine:
        found, project = named.running(engine)
        if project:
            return explain(compose.read(project))
        return explain_running(found, engine.containers(found))


def _guard(named: Named, listen: str, state: Path | None) -> None:
    """Imports no more than it needs: the resident has 40 MB."""
    from batten.engine.lean import LeanEngine
    from batten.guard.ledger import LedgerFile
    from batten.guard.resident import Resident
    from batten.guard.serve import Window, serve
    from batten.guard.tell import Teller

    host, _, port = listen.rpartition(":")
    if not port.isdecimal():
        raise click.BadParameter(f"`{listen}` is not HOST:PORT", param_hint="--listen")
    engine = LeanEngine.find(_project(named))
    file = LedgerFile((state or _state_folder()) / f"{engine.project}.json")
    file.prepare()
    window = Window()
    serve(window, host, int(port))
    Resident(engine, file, Teller(), window.show).run()


def _project(named: Named) -> str:
    """The name that was given, the project of the container it runs in, or that of the files here."""
    if name := named.name or os.environ.get("BATTEN_PROJECT"):
        return name
    from batten.engine.lean import project_of
    from batten.guard.own import own_id

    if not named.files and (own := own_id()) and (name := project_of(own)):
        return name
    from batten import compose

    return compose.read(named.project()).name


def _state_folder() -> Path:
    base = os.environ.get("XDG_STATE_HOME")
    return Path(base or Path.home() / ".local" / "state") / "batten" / "guard"
