"""`batten`: finds the command, and turns what went wrong into words and an exit code."""

import importlib
import io
import os
import sys
import traceback

import click

from batten import __version__

# Read from here, so that `batten --help` imports no verb.
COMMANDS = {
    "check": "Find what is wrong with a stack: file and line, why, and the fix.",
    "plan": "Show who gets how much memory and CPU of a host, and what does not fit.",
    "harden": "Write the production overlay for a stack; its own files are never touched.",
    "up": "Start the stack in order and wait until it is healthy.",
    "down": "Stop the stack and remove its containers; volumes only with --volumes.",
    "status": "Show every service: health, limits that are enforced, use, restarts.",
    "logs": "Show what the services wrote, from Loki; install the log driver.",
}


class _Verbs(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"batten.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 all is well; 1 the answer is no (a refusal, an unhealthy service); "
    "2 Batten could not do its work (input, engine); 130 interrupted.",
)
@click.version_option(__version__, prog_name="batten")
def batten() -> None:
    """Take a Docker Compose stack to production, and prove that it holds."""


def main() -> None:
    """Run `batten` and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Where the terminal's encoding lacks a character, a question mark will do.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = batten.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("\ninterrupted", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BrokenPipeError:
        # Somebody read enough (`| head`); python would complain again while closing.
        sys.stderr.close()
        code = 0
    except Exception as error:  # noqa: BLE001  # no traceback reaches a user
        code = _tell(error)
    sys.exit(code if isinstance(code, int) else 0)


def _tell(error: Exception) -> int:
    """Show what went wrong; `BATTEN_DEBUG=1` shows where in Batten, too."""
    from batten.errors import BattenError
    from batten.report.error import show

    if os.environ.get("BATTEN_DEBUG"):
        traceback.print_exception(error)
    if not isinstance(error, BattenError):
        error = BattenError(
            f"Batten itself failed: {type(error).__name__}: {error}",
            hint="please report it with what `BATTEN_DEBUG=1 batten …` prints",
        )
    show(error)
    return error.exit_code
