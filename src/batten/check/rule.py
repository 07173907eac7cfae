"""A rule: one function, which is its own documentation."""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import msgspec

from batten.check.finding import Finding
from batten.check.service import Service
from batten.check.severity import Severity
from batten.check.stack import Stack

Findings = Iterator[Finding]


class Rule(msgspec.Struct, frozen=True):
    """A function of a `Service` (asked for each) or of a `Stack` (asked once), and what it is called.

    `name` is the function's with dashes: the page, the word that accepts it and the SARIF id too.
    `group` is the folder it stands in.
    """

    name: str
    group: str
    severity: Severity
    function: Callable[[Any], Findings]
    per_service: bool

    def find(self, stack: Stack) -> Findings:
        """What it has to say about a stack."""
        if self.per_service:
            for service in stack.services.values():
                for found in self.function(service):
                    yield self._signed(found, service.name)
        else:
            for found in self.function(stack):
                yield self._signed(found, found.service)

    @property
    def text(self) -> str:
        """Its docstring without indentation."""
        import inspect

        return inspect.cleandoc(self.function.__doc__ or "")

    def _signed(self, found: Finding, service: str | None) -> Finding:
        return msgspec.structs.replace(
            found, service=service, rule=self.name, group=self.group, severity=self.severity
        )


def rule(*, severity: Severity) -> Callable[[Callable[[Any], Findings]], Rule]:
    """Make a rule of a function; the annotation of its one argument says what it is asked about."""

    def make(function: Callable[[Any], Findings]) -> Rule:
        kinds = [kind for name, kind in function.__annotations__.items() if name != "return"]
        if kinds not in ([Service], [Stack]):
            raise TypeError(f"`{function.__name__}` takes neither one Service nor one Stack")
        group = function.__module__.split(".")[-2]
        name = function.__name__.replace("_", "-")
        return Rule(name, group, severity, function, kinds == [Service])

    return make


@functools.cache
def every_rule() -> MappingProxyType[str, Rule]:
    """Every rule by its name, found by walking the package."""
    from batten.check import rules as package

    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.ispkg:
            content = importlib.import_module(module.name)
            one = getattr(content, module.name.rpartition(".")[2])
            found[one.name] = one
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: item[1].group)))
