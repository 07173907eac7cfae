"""A template as a list of nodes, each of which writes text."""

# A value of a template is of any type, as in Go
# ruff: noqa: ANN401

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from batten.loki.logql.errors import UnsupportedError

from .functions import FUNCTIONS, MISSING
from .nodes import Branch, Call, Command, Field, Pipe, Scope, TemplateError, Variable, write

_ACTION = re.compile(r"\{\{(?P<left>-(?=\s))?")
_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)'
    r"|(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<field>(?:\.[A-Za-z_]\w*)+)|(?P<dot>\.)|(?P<variable>\$\w*(?:\.\w+)*)|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign>\(|\)|\||:=|=|,))"
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_BLOCKS = {"if", "with", "range"}
_UNKNOWN_BLOCKS = {"define", "template", "block", "break", "continue"}


class Template:
    """Parsed once, run for each line."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.fields: list[str] = []
        self.names: set[str] = set()
        self.nodes = _Reader(self, text).nodes()

    @property
    def simple_key(self) -> str | None:
        """The label's name where the template is nothing but `{{.name}}`."""
        if len(self.nodes) != 1 or not isinstance(self.nodes[0], Pipe):
            return None
        commands = self.nodes[0].commands
        if self.nodes[0].names or len(commands) != 1 or len(commands[0].arguments) != 1:
            return None
        only = commands[0].arguments[0]
        return only.path[0] if isinstance(only, Field) and len(only.path) == 1 else None

    def run(self, labels: Mapping[str, str], line: str, ts: int) -> str:
        """The text for one line; TemplateError."""
        out = list[str]()
        write(self.nodes, out, Scope(labels, line, ts), None)
        return "".join(out)


class _Reader:
    """Text and actions, one after another."""

    def __init__(self, template: Template, text: str) -> None:
        self.template = template
        self.text = text
        self.at = 0

    def fail(self, message: str) -> TemplateError:
        line = self.text.count("\n", 0, self.at) + 1
        return TemplateError(f"template: {self.template.name}:{line}: {message}")

    def nodes(self) -> list[Any]:
        root = list[Any]()
        open_blocks = list[tuple[Branch, int]]()
        target = root
        for piece in self._pieces():
            if isinstance(piece, str):
                target.append(piece)
                continue
            word = piece[0]
            if word == "end":
                if not open_blocks:
                    raise self.fail("unexpected {{end}}")
                # `else if` opened blocks of its own that end with the first
                _, depth = open_blocks.pop()
                for _ in range(depth):
                    open_blocks.pop()
                target = self._target(open_blocks, root)
            elif word == "else":
                target = self._otherwise(piece[1], open_blocks)
            elif word in _BLOCKS:
                branch = Branch(word, self._pipe(piece[1], word))
                target.append(branch)
                open_blocks.append((branch, 0))
                target = branch.body
            else:
                target.append(self._pipe(piece[1], "command"))
        if open_blocks:
            raise self.fail("unexpected EOF")
        return root

    def _target(self, open_blocks: list[tuple[Branch, int]], root: list[Any]) -> list[Any]:
        if not open_blocks:
            return root
        branch = open_blocks[-1][0]
        return branch.otherwise if getattr(branch, "in_else", False) else branch.body

    def _otherwise(self, rest: str, open_blocks: list[tuple[Branch, int]]) -> list[Any]:
        if not open_blocks:
            raise self.fail("unexpected {{else}}")
        branch, depth = open_blocks[-1]
        branch.in_else = True  # type: ignore[attr-defined]  # known only while reading
        word, _, condition = rest.strip().partition(" ")
        if not word:
            return branch.otherwise
        inner = Branch(word, self._pipe(condition, word))
        branch.otherwise.append(inner)
        open_blocks.append((inner, depth + 1))
        return inner.body

    def _pieces(self) -> Any:
        trim = False
        while found := _ACTION.search(self.text, self.at):
            before = self.text[self.at : found.start()]
            before = before.lstrip() if trim else before
            before = before.rstrip() if found["left"] else before
            if before:
                yield before
            self.at = found.end()
            body, trim = self._body()
            if body.startswith("/*"):
                continue
            word = re.match(r"[A-Za-z]*", body)
            keyword = word[0] if word else ""
            if keyword in _UNKNOWN_BLOCKS:
                raise UnsupportedError(f"`{keyword}` in a template")
            if keyword in {*_BLOCKS, "else", "end"}:
                yield keyword, body[len(keyword) :]
            else:
                yield "", body
        rest = self.text[self.at :]
        if rest := rest.lstrip() if trim else rest:
            yield rest

    def _body(self) -> tuple[str, bool]:
        """What stands between the braces, and whether the text behind is to be trimmed."""
        at = self.at
        while at < len(self.text):
            if self.text.startswith("}}", at):
                body = self.text[self.at : at]
                self.at = at + 2
                if body.endswith("-") and body[-2:-1].isspace():
                    return body[:-1].strip(), True
                return body.strip(), False
            string = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|/\*.*?\*/', re.DOTALL).match(
                self.text, at
            )
            at = string.end() if string else at + 1
        raise self.fail("unclosed action")

    def _pipe(self, body: str, context: str) -> Pipe:
        tokens = list[tuple[str, str]]()
        at = 0
        body = body.strip()
        while at < len(body):
            found = _TOKEN.match(body, at)
            if not found:
                raise self.fail(f"unexpected {body[at:].strip()[:1]!r} in {context}")
            tokens.append((found.lastgroup or "", found[found.lastgroup or 0]))
            at = found.end()
        names = self._declared(tokens)
        if not tokens:
            raise self.fail(f"missing value for {context}")
        pipe, rest = self._commands(tokens, context)
        if rest:
            raise self.fail("unexpected right paren")
        pipe.names = names
        return pipe

    def _declared(self, tokens: list[tuple[str, str]]) -> list[str]:
        """Take `$x :=`, `$x =` or `$i, $e :=` off the tokens, and give the names."""
        signs = [index for index, token in enumerate(tokens) if token[1] in {":=", "="}]
        if not signs or signs[0] > 3:
            return []
        names = [text[1:] for kind, text in tokens[: signs[0]] if kind == "variable"]
        del tokens[: signs[0] + 1]
        self.template.names.update(names)
        return names

    def _commands(
        self, tokens: list[tuple[str, str]], context: str
    ) -> tuple[Pipe, list[tuple[str, str]]]:
        commands, arguments = list[Command](), list[Any]()
        while tokens and tokens[0] != ("sign", ")"):
            kind, text = tokens.pop(0)
            if (kind, text) == ("sign", "|"):
                if not arguments:
                    raise self.fail(f"missing value for {context}")
                commands.append(Command(arguments))
                arguments = []
            elif (kind, text) == ("sign", "("):
                inner, tokens = self._commands(tokens, context)
                if not tokens:
                    raise self.fail("unclosed left paren")
                tokens.pop(0)
                arguments.append(inner)
            else:
                arguments.append(self._argument(kind, text))
        if not arguments:
            raise self.fail(f"missing value for {context}")
        commands.append(Command(arguments))
        return Pipe(commands), tokens

    def _argument(self, kind: str, text: str) -> Any:  # noqa: C901, PLR0911 - one line for each kind
        match kind:
            case "string":
                return text[1:-1] if text[0] == "`" else _ESCAPE.sub(_unescape, text[1:-1])
            case "number":
                return int(text) if text.lstrip("+-").isdigit() else float(text)
            case "field":
                path = text[1:].split(".")
                self.template.fields.extend(path)
                return Field(path)
            case "dot":
                return Field([])
            case "variable":
                name, *path = text[1:].split(".")
                if name and name not in self.template.names:
                    raise self.fail(f'undefined variable "${name}"')
                return Variable(name, path)
            case "word":
                if text in {"true", "false"}:
                    return text == "true"
                if text == "nil":
                    return None
                if text in MISSING:
                    raise UnsupportedError(f"`{text}` in a template")
                if text not in FUNCTIONS and text not in {"__line__", "__timestamp__"}:
                    raise self.fail(f'function "{text}" not defined')
                return Call(text)
            case _:
                raise UnsupportedError(f"`{text}` in a template")


def _unescape(found: re.Match[str]) -> str:
    return _PLAIN.get(found[1], found[1])


@lru_cache(maxsize=256)
def template(text: str, name: str) -> Template:
    """A template, parsed once; TemplateError."""
    return Template(text, name)
