"""Where results are written."""

from rich.console import Console, RenderableType

# Wider than any table: nothing is folded for a reader that has no width.
UNBOUNDED = 10_000


def stdout() -> Console:
    """Standard output: as wide as the terminal, or without an edge where there is none."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=UNBOUNDED)


def write(console: Console, content: RenderableType) -> None:
    """Print; a pipe gets plain lines without the blanks that would fill a terminal's row."""
    if console.is_terminal:
        console.print(content)
        return
    for line in console.render_lines(content, pad=False):
        text = "".join(segment.text for segment in line)
        console.file.write(text.rstrip() + "\n")
