"""What a query asks of labels and of lines."""

from typing import Literal, NamedTuple


class Matcher(NamedTuple):
    """A matcher on a stream's labels; a label that is absent counts as empty.

    Regular expressions are RE2's, match the whole value, and `.` matches a line break.
    """

    name: str
    op: Literal["=", "!=", "=~", "!~"]
    value: str


class LineFilter(NamedTuple):
    """A filter on lines: `|= "a" or "b"` has two values, of which one must match.

    For `!=` and `!~` none of them may. Regular expressions are RE2's and match anywhere.
    """

    op: Literal["|=", "!=", "|~", "!~"]
    values: tuple[str, ...]
