"""Which rules are asked, and which of their findings are shown."""

import difflib
from collections.abc import Iterable

import msgspec

from batten.check.rule import Rule, every_rule
from batten.check.severity import Severity
from batten.errors import InputError


class Selection(msgspec.Struct, frozen=True):
    """Names of rules and groups to ask (none: all), rules to skip, and the least that is shown."""

    only: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    least: Severity = Severity.ADVICE

    def rules(self) -> tuple[Rule, ...]:
        """The rules that are asked; raise InputError for a name that is none."""
        known = every_rule()
        groups = sorted({one.group for one in known.values()})
        _require("rule", (*self.only, *self.skip), known)
        _require("group", self.groups, groups)
        return tuple(one for one in known.values() if self._takes(one))

    def _takes(self, one: Rule) -> bool:
        chosen = not (self.only or self.groups) or one.name in self.only or one.group in self.groups
        return chosen and one.name not in self.skip and one.severity.reaches(self.least)


def _require(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, list(known), n=1)
            hint = f"did you mean `{close[0]}`?" if close else "`batten check --list` shows them"
            raise InputError(f"there is no {kind} `{name}`", hint=hint)
