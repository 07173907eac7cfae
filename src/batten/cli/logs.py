"""`batten logs`, and the commands below it."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from batten.cli.log_driver import COMMANDS as DRIVER
from batten.cli.main import COMMANDS
from batten.cli.stack import Named, stack_options_without_f

if TYPE_CHECKING:
    from batten.engine import Container, Engine
    from batten.logs import Request
    from batten.logs.loki import Away, Loki
    from batten.report.logs import Printer

# What is shown where nobody says how much.
LAST = 1000


@dataclass(frozen=True)
class _Asked:
    """The lines that are asked for, as they were typed."""

    services: tuple[str, ...]
    since: str | None
    until: str | None
    limit: int | str | None
    grep: str | None
    query: str | None
    follow: bool
    form: str

    def of(self, project: str) -> "Request":
        """The same, of one project and counted from now."""
        from batten.logs import Request
        from batten.logs.moment import parse

        now = time.time_ns()
        since = None if self.since is None else parse(self.since, now, "--since")
        until = now if self.until is None else parse(self.until, now, "--until")
        limit = self.limit
        if limit is None:
            limit = LAST if self.has_default_limit else "all"
        return Request(
            project=project,
            until_ns=until,
            services=self.services,
            since_ns=since,
            limit=limit if isinstance(limit, int) else None,
            grep=self.grep,
            query=self.query,
        )

    @property
    def has_default_limit(self) -> bool:
        """Whether nobody said how much."""
        return self.limit is None and self.since is None and self.until is None


class _Logs(click.Command):
    """Takes services, unless its first word is one of the commands about the log driver.

    `--` before it, or an option, makes that word the name of a service.
    """

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401  # click's
    ) -> click.Context:
        if args and args[0] in DRIVER:
            name, *rest = args
            return DRIVER[name].make_context(f"{info_name} {name}", rest, parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands about the log driver, as the first word"):
            formatter.write_dl(
                [(name, one.get_short_help_str(100)) for name, one in DRIVER.items()]
            )
        super().format_epilog(ctx, formatter)


def _limit(ctx: click.Context, param: click.Parameter, value: str | None) -> int | str | None:
    if value is None or value == "all":
        return value
    if not value.isdecimal():
        raise click.BadParameter(f"{value!r} is neither a number nor `all`", ctx, param)
    return int(value)


@click.command("logs", cls=_Logs, help=COMMANDS["logs"])
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--follow", "-f", is_flag=True, help="Show new lines as they come.")
@click.option(
    "--since", metavar="TIME", help="From then on: `1h` ago, `14:30`, `2026-11-23 14:30`."
)
@click.option("--until", metavar="TIME", help="Before then.")
@click.option(
    "--tail",
    "--limit",
    "-n",
    "limit",
    metavar="LINES",
    callback=_limit,
    help=f"The last so many, or `all`. Default: all with --since or --until, else {LAST}.",
)
@click.option("--grep", metavar="TEXT", help="Lines that have this text in them.")
@click.option(
    "--query", metavar="LOGQL", help="A query of your own to Loki: lines, or a table of numbers."
)
@click.option("--loki-url", metavar="URL", help="The Loki to ask, in place of the stack's.")
@stack_options_without_f
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(
    named: Named,
    services: tuple[str, ...],
    follow: bool,  # noqa: FBT001
    since: str | None,
    until: str | None,
    limit: int | str | None,
    grep: str | None,
    query: str | None,
    loki_url: str | None,
    form: str,
) -> None:
    """Show lines."""
    _refuse_contradictions(services, grep, query, until if follow else None)
    asked = _Asked(services, since, until, limit, grep, query, follow, form)
    try:
        if loki_url:
            _from_loki(named, asked, loki_url)
        else:
            _from_stack(named, asked)
    except KeyboardInterrupt:
        # That is how following ends well.
        if not follow:
            raise


def _refuse_contradictions(
    services: tuple[str, ...], grep: str | None, query: str | None, until: str | None
) -> None:
    if query is not None and (services or grep is not None):
        raise click.UsageError(
            "--query says by itself which lines: put services and text into it, as in "
            """'{compose_service="backend"} |= "text"'"""
        )
    if until is not None:
        raise click.UsageError("--follow has no end: leave --until out")


def _from_loki(named: Named, asked: _Asked, url: str) -> None:
    """Ask the Loki that was named; neither an engine nor, with a name or a query, files are needed."""
    from batten import compose
    from batten.logs import names
    from batten.logs.loki import Loki
    from batten.logs.source import services

    has_name = named.name is not None or asked.query is not None
    project = named.name or "" if has_name else compose.read(named.project()).name
    loki, request = Loki(url), asked.of(project)
    known = services(loki, request) if asked.query is None else ()
    names.require(request.services, known, project)
    _show(loki, request, asked, sorted(known))


def _from_stack(named: Named, asked: _Asked) -> None:
    """Ask the stack's own Loki, or the engine where that cannot be asked."""
    from batten import compose
    from batten.engine import Engine
    from batten.errors import LokiError
    from batten.logs import names
    from batten.logs.source import choose

    with Engine.connect() as engine:
        found, project = named.running(engine)
        stack = compose.read(project) if project else None
        containers = engine.containers(found)
        request = asked.of(found)
        choice = choose(engine, stack, containers, request)
        declared = stack.services if stack else {}
        known = {*declared, *choice.known, *(one.service for one in containers)}
        names.require(request.services, known, found)
        if choice.loki:
            for name, driver in choice.absent.items():
                _note(f"`{name}` logs to `{driver}`, not to Loki: `batten logs {name}` shows it")
            _show(choice.loki, request, asked, sorted(known))
        elif request.query is not None:
            raise LokiError(
                f"a query wants a Loki, and {choice.why}", hint="`--grep` does without one"
            )
        else:
            _note(f"{choice.why}; these are the lines that the engine keeps")
            _show_kept(engine, containers, request, asked)


def _show(loki: "Loki", request: "Request", asked: _Asked, services: Iterable[str]) -> None:
    """Print what Loki has, and with `--follow` what it gets."""
    from batten.logs import driver, logql
    from batten.logs.follow import Follow
    from batten.logs.pages import Pages
    from batten.report.logs import printer

    to = printer(asked.form, request.project, services)
    if request.query is not None and logql.is_metric(request.query):
        _refuse_with_numbers(asked)
        to.samples(loki.samples(request.query, request.until_ns))
        return
    if asked.follow:
        for page in Follow(loki, request, lambda: driver.behind_s(request.project), _tell_away):
            to.lines(page)
            to.flush()
    for page in Pages(loki, request):
        to.lines(page)
    _end(to, asked)


def _show_kept(
    engine: "Engine", containers: "Iterable[Container]", request: "Request", asked: _Asked
) -> None:
    """Print what the engine has kept."""
    from batten.errors import InputError
    from batten.logs import kept
    from batten.report.logs import printer

    def chosen() -> "list[Container]":
        found = engine.containers(request.project)
        return [one for one in found if not request.services or one.service in request.services]

    there = chosen()
    if not there and not asked.follow:
        raise InputError(
            f"`{request.project}` has no container to read from", hint="`batten up` starts it"
        )
    to = printer(asked.form, request.project, {one.service for one in containers})
    for page in kept.read(engine, there, request):
        to.lines(page)
    if asked.follow:
        to.flush()
        for page in kept.follow(engine, chosen, request):
            to.lines(page)
            to.flush()
    _end(to, asked)


def _end(to: "Printer", asked: _Asked) -> None:
    """What the lines themselves do not say."""
    to.flush()
    if not to.count and asked.limit != 0:
        _note("no line is there that was asked for")
    elif asked.has_default_limit and to.count >= LAST:
        _note(f"these are the last {LAST} lines: `--since 1h` or `--tail all` shows more")


def _refuse_with_numbers(asked: _Asked) -> None:
    if asked.follow or asked.since is not None or asked.limit is not None:
        raise click.UsageError(
            "this query computes numbers, at --until or now: say how far it looks back in the query "
            "itself, as in `count_over_time({…}[1h])`, and leave --follow, --since and --tail out"
        )


def _tell_away(error: "Away | None") -> None:
    _note("Loki is back" if error is None else f"{error.message}; waiting for it")


def _note(text: str) -> None:
    click.echo(f"! {text}", err=True)
