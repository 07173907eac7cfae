"""The nodes of a template, each of which writes text."""

# A value of a template is of any type, as in Go
# ruff: noqa: ANN401

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .functions import FUNCTIONS, Timestamp, printed, truthy


class TemplateError(ValueError):
    """A template that Go would refuse, or that fails on a line; Go's words."""


@dataclass
class Scope:
    """What a template sees of a line."""

    labels: Mapping[str, str]
    line: str
    ts: int
    variables: dict[str, Any] = field(default_factory=dict)


@dataclass
class Command:
    """A function with its arguments, or a lone value; the last value is piped in behind them."""

    arguments: list[Any]

    def value(self, scope: Scope, dot: Any, *piped: Any) -> Any:
        """Work the command out; TemplateError."""
        first = self.arguments[0]
        if not isinstance(first, Call):
            return _evaluated(first, scope, dot)
        rest = [_evaluated(argument, scope, dot) for argument in self.arguments[1:]]
        return first.run(scope, [*rest, *piped])


@dataclass
class Call:
    """A function by name."""

    name: str

    def run(self, scope: Scope, arguments: list[Any]) -> Any:
        """Call the function; TemplateError."""
        if self.name == "__line__":
            return scope.line
        if self.name == "__timestamp__":
            return Timestamp(scope.ts)
        try:
            return FUNCTIONS[self.name](*arguments)
        except (TypeError, ValueError, ArithmeticError, IndexError) as error:
            raise TemplateError(f"error calling {self.name}: {error}") from None


@dataclass
class Field:
    """`.level`; a label that is missing is empty."""

    path: list[str]

    def of(self, scope: Scope, dot: Any) -> Any:
        """Follow the path from the dot; TemplateError."""
        value: Any = scope.labels if dot is None else dot
        for name in self.path:
            if not isinstance(value, Mapping):
                raise TemplateError(f"can't evaluate field {name} in type string")
            value = value.get(name, "")
        return value


@dataclass
class Variable:
    """`$name`, or `$` for all labels, with a path behind it."""

    name: str
    path: list[str]

    def of(self, scope: Scope) -> Any:
        """Look the variable up; TemplateError."""
        value = scope.variables[self.name] if self.name else scope.labels
        return Field(self.path).of(scope, value) if self.path else value


@dataclass
class Pipe:
    """`.level | upper | trunc 3`, or `$x := .level`, which writes nothing."""

    commands: list[Command]
    names: list[str] = field(default_factory=list)

    def value(self, scope: Scope, dot: Any) -> Any:
        """Work the commands out, each with what the one before gave."""
        value = self.commands[0].value(scope, dot)
        for command in self.commands[1:]:
            value = command.value(scope, dot, value)
        if len(self.names) == 1:
            scope.variables[self.names[0]] = value
        return value


def _evaluated(argument: Any, scope: Scope, dot: Any) -> Any:
    if isinstance(argument, Pipe):
        return argument.value(scope, dot)
    if isinstance(argument, Field):
        return argument.of(scope, dot)
    if isinstance(argument, Call):
        return argument.run(scope, [])
    if isinstance(argument, Variable):
        return argument.of(scope)
    return argument


@dataclass
class Branch:
    """`{{if …}}…{{else}}…{{end}}`; `with` and `range` also move the dot."""

    keyword: str
    pipe: Pipe
    body: list[Any] = field(default_factory=list)
    otherwise: list[Any] = field(default_factory=list)

    def write(self, out: list[str], scope: Scope, dot: Any) -> None:
        """Write the part that the condition chooses."""
        value = self.pipe.value(scope, dot)
        if not truthy(value):
            write(self.otherwise, out, scope, dot)
        elif self.keyword == "range":
            self._each(out, scope, value)
        else:
            write(self.body, out, scope, value if self.keyword == "with" else dot)

    def _each(self, out: list[str], scope: Scope, value: Any) -> None:
        if isinstance(value, Mapping):
            items: list[tuple[Any, Any]] = sorted(value.items())
        elif isinstance(value, list):
            items = list(enumerate(value))
        else:
            raise TemplateError(f"range can't iterate over {printed(value)}")
        names = self.pipe.names
        for key, item in items:
            if names:
                scope.variables[names[-1]] = item
            if len(names) == 2:
                scope.variables[names[0]] = key
            write(self.body, out, scope, item)


def write(nodes: list[Any], out: list[str], scope: Scope, dot: Any) -> None:
    """Write nodes one after another; TemplateError."""
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, Branch):
            node.write(out, scope, dot)
        else:
            value = node.value(scope, dot)
            if not node.names:
                out.append(printed(value))
