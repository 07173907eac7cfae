"""Where the program `batten` begins and ends."""

import gc
import os
import sys

from batten.cli import ahead


def main() -> None:
    """Run `batten` and leave with its exit code."""
    # Imports make many objects and no garbage: looking for some at every 700th is time lost.
    gc.set_threshold(20_000, 10, 10)
    hurried = ahead.start(sys.argv[1:])
    from batten.cli.main import main as read_command_line

    try:
        read_command_line()
    except SystemExit as left:
        if hurried:
            _leave(left.code)
        raise
    finally:
        from batten.compose.process import end_ahead

        end_ahead()


def _leave(code: object) -> None:
    """End the process at once: taking every module apart first takes as long as asking the rules.

    What cannot be written is left to Python, which says so.
    """
    from batten.compose.process import end_ahead

    end_ahead()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(code if isinstance(code, int) else int(code is not None))
