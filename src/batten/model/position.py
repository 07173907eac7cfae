"""A place in a file that a person wrote."""

from pathlib import Path

import msgspec


class Position(msgspec.Struct, frozen=True, order=True):
    """File, line and column; both count from 1, as editors do.

    `line` is None where only the file is known, `column` where only the line is.
    """

    file: Path
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.shown_file, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)

    @property
    def shown_file(self) -> str:
        """The path as somebody standing in the current folder would type it."""
        try:
            return str(self.file.relative_to(Path.cwd()))
        except ValueError:
            return str(self.file)
