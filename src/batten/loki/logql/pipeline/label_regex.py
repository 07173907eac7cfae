"""How Loki takes the regular expression of a label filter: simpler than it is.

It must match the whole value, and yet Loki makes `err.*` a search for `err` anywhere, and also
`error|emerg`, whose alternatives share a first letter. Answers show it, so it is done alike here.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from batten.loki.logql.regex import compile_regex

_PLAIN = r"(?:[^\\.+*?()|\[\]{}^$]|\\[.+*?()|\[\]{}^$\-/\\])"
_ALTERNATIVE = re.compile(rf"(?P<before>\.\*)?(?P<text>{_PLAIN}+)(?P<after>\.\*)?")
_ESCAPED = re.compile(r"\\(.)")


@lru_cache(maxsize=256)
def label_test(pattern: str) -> Callable[[str], bool]:
    """The pattern as a test of a label's value."""
    if not pattern:
        return lambda _: True
    simple = _simplified(pattern)
    if simple is None:
        search = compile_regex(pattern, anchored=True).search
        return lambda value: bool(search(value))
    equal, parts, folded = simple

    def test(value: str) -> bool:
        text = value.lower() if folded else value
        return text in equal or any(part in text for part in parts)

    return test


def _simplified(pattern: str) -> tuple[frozenset[str], list[str], bool] | None:
    """The values that are equal, and the texts that are searched for; None where it is no such."""
    folded = pattern.startswith("(?i)")
    body = pattern.removeprefix("(?i)")
    if body[:1] == "(" and body[-1:] == ")" and body[1:2] != "?":
        body = body[1:-1]
    found = [_ALTERNATIVE.fullmatch(text) for text in re.split(r"(?<!\\)\|", body)]
    if not all(found):
        return None
    alternatives = [each for each in found if each]
    if len(alternatives) > 1 and all(len(each[0]) == 1 for each in alternatives):
        return None
    equal, parts = set[str](), list[str]()
    for index, each in enumerate(alternatives):
        text = _ESCAPED.sub(r"\1", each["text"])
        text = text.lower() if folded else text
        around = alternatives[max(index - 1, 0) : index] + alternatives[index + 1 : index + 2]
        shares = any(not other["before"] and other[0][0] == each[0][0] for other in around)
        if each["before"] or each["after"] or shares:
            parts.append(text)
        else:
            equal.add(text)
    return frozenset(equal), parts, folded
