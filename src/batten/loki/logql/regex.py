"""Regular expressions are RE2's, as Go's are: the same answers, and no input that takes for ever."""

import re as python_re
from functools import lru_cache
from typing import Any

import re2

from .errors import ParseError

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 16 << 20
# What Go's library calls what the original of it calls otherwise
_GO = {
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "missing ]": "missing closing ]",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid named capture group": "invalid named capture",
    "invalid repetition size": "invalid repeat count",
    "no argument for repetition operator": "missing argument to repetition operator",
}
_NAME = python_re.compile(r"\(\?P?<([^>]*)>")


@lru_cache(maxsize=512)
def compile_regex(pattern: str, *, anchored: bool = False) -> Any:  # noqa: ANN401 - re2 has no types
    """A compiled pattern; `anchored` must match from end to end, and lets `.` match line breaks."""
    try:
        re2.compile(pattern, _OPTIONS)
        return re2.compile(f"^(?s:{pattern})$" if anchored else pattern, _OPTIONS)
    except re2.error as error:
        raise ParseError(f"error parsing regexp: {_in_words_of_go(pattern, error)}") from None


def _in_words_of_go(pattern: str, error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    what, colon, where = text.partition(": ")
    what = _GO.get(what, what)
    if what == "trailing \\":
        return "trailing backslash at end of expression: ``"
    if what.startswith(("missing )", "missing closing )")):
        return f"missing closing ): `{pattern}`"
    return f"{what}: `{where}`" if colon else what


def check_groups(pattern: str) -> None:
    """Refuse a `regexp` parser without names, with names that are no labels, or named twice."""
    try:
        compiled = compile_regex(pattern)
    except ParseError as error:
        raise ValueError(str(error).removeprefix("parse error : ")) from None
    names = _NAME.findall(pattern)
    if not compiled.groups or not names:
        raise ValueError("at least one named capture must be supplied")
    seen = set()
    for name in names:
        if name in seen:
            raise ValueError(f"duplicate extracted label name '{name}'")
        seen.add(name)
