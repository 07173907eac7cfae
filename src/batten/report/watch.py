"""A status that is looked at again and again."""

import time
from collections.abc import Callable

from rich.live import Live

from batten.report.console import stdout
from batten.report.status import as_json_line, render, show
from batten.status import StackStatus


def watch(look: Callable[[], StackStatus], form: str, interval_s: float) -> None:
    """Show what `look` finds until interrupted: in place in a terminal, one after another elsewhere."""
    console = stdout()
    if form == "json" or not console.is_terminal:
        while True:
            found = look()
            if form == "json":
                console.file.write(as_json_line(found).decode() + "\n")
                console.file.flush()
            else:
                show(found)
            time.sleep(interval_s)
    with Live(console=console, auto_refresh=False, screen=True) as live:
        while True:
            live.update(render(look(), console), refresh=True)
            time.sleep(interval_s)
