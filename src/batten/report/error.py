"""An error as a person reads it: what, where, and what to do next."""

import sys

from rich.console import Console
from rich.text import Text

from batten.errors import BattenError


def show(error: BattenError) -> None:
    """Write `error` to standard error; its first line stands alone, for those who grep."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    line = Text("error: ", style="bold red")
    if error.at:
        line.append(f"{error.at}: ", style="bold")
    line.append(error.message)
    console.print(line)
    if error.hint:
        console.print(Text("hint: ", style="cyan").append(error.hint))
    sys.stderr.flush()
