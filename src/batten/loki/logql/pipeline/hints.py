"""What of a line a metric query will look at: parsers need not read the rest.

It shows in answers too. A parser that stops early never meets the fault further on in the line, and
`sum(rate(… | json [1m]))` does not parse at all.
"""

from collections.abc import Callable, Iterable

from .record import ERROR, EXTRACTED, Record

Test = Callable[[Record], bool]


class Hints:
    """`required` is None where anything may be needed."""

    def __init__(
        self,
        required: Iterable[str] | None = None,
        *,
        no_labels: bool = False,
        tests: dict[str, Test] | None = None,
    ) -> None:
        self.required = frozenset(required) if required else None
        self.never = no_labels and not self.required
        self.tests = tests or {}
        self.preserve_error = bool(self.required and ERROR in self.required)

    def satisfied(self, record: Record) -> bool:
        """Whether no parser has anything left to do for this line."""
        if self.never:
            return True
        return self.required is not None and self.required <= record.extracted

    def wants(self, name: str) -> bool:
        """Whether a label is needed."""
        return self.required is None or name in self.required

    def wants_prefix(self, prefix: str) -> bool:
        """Whether a label that begins so may be needed."""
        return self.required is None or any(name.startswith(prefix) for name in self.required)

    def rejects(self, name: str, record: Record) -> bool:
        """Whether a label just set already decides that the line is left out."""
        test = self.tests.get(name)
        return test is not None and not test(record)


def metric_hints(
    names: Iterable[str],
    groups: tuple[str, ...],
    tests: dict[str, Test],
    *,
    without: bool,
    no_labels: bool,
) -> Hints:
    """Hints for a metric query: the labels its stages name, and those it groups by."""
    wanted = [name for name in [*names, *groups] if name]
    wanted += [name.removesuffix(EXTRACTED) for name in wanted if name.endswith(EXTRACTED)]
    if no_labels:
        return Hints(wanted, no_labels=True, tests=tests if wanted else {})
    if without or not groups:
        return Hints(tests=tests)
    return Hints(wanted)
