"""The Go templates in `loki-external-labels`, as far as label values use them.

Fields (`{{.Name}}`), text around them, a key of a map (`{{index .ContainerLabels "team"}}`),
the engine's functions (`json`, `split`, `join`, `title`, `lower`, `upper`, `pad`, `truncate`) and
pipes (`{{.Name | upper}}`). What is not done (`if`, `range`, variables, …) is a TemplateError that
names it.
"""

import json
import re
import socket
from collections.abc import Callable, Mapping
from typing import Any

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_WORD = re.compile(r'\s*("(?:[^"\\]|\\.)*"|`[^`]*`|\||[^\s|]+)')
_SHORT_ID = 12


class TemplateError(ValueError):
    """A template that cannot be filled in; the message says which part and why."""


def _truncate(text: str, length: int) -> str:
    return text.encode()[:length].decode(errors="ignore")


def _pad(text: str, before: int, after: int) -> str:
    return " " * before + text + " " * after if text else text


def _index(holder: Any, *keys: Any) -> Any:  # noqa: ANN401 - a value of the template language
    for key in keys:
        holder = holder.get(key, "") if isinstance(holder, dict) else holder[key]
    return holder


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "index": _index,
    "join": lambda parts, by: by.join(parts),
    "json": lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    "lower": str.lower,
    "pad": _pad,
    "split": str.split,
    "title": lambda text: re.sub(r"(^|\s)(\w)", lambda m: m[1] + m[2].upper(), text),
    "truncate": _truncate,
    "upper": str.upper,
}


def fields(info: Mapping[str, Any]) -> dict[str, Any]:
    """What a template may name, from the Info object that the engine sends."""
    entrypoint, arguments = info.get("ContainerEntrypoint", ""), info.get("ContainerArgs") or []
    identity, image = info.get("ContainerID", ""), info.get("ContainerImageID", "")
    named = {
        "Name": info.get("ContainerName", "").removeprefix("/"),
        "ID": identity[:_SHORT_ID],
        "FullID": identity,
        "ImageName": info.get("ContainerImageName", ""),
        "ImageID": image[:_SHORT_ID],
        "ImageFullID": image,
        "Command": " ".join([entrypoint, *arguments]),
        "Hostname": socket.gethostname(),
    }
    return {**info, **named}


def fill(text: str, known: Mapping[str, Any]) -> str:
    """The text with its actions replaced; `known` is what `fields` returned."""
    rest = _ACTION.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise TemplateError(f"`{text}` has a `{{{{` or `}}}}` without its other half")
    return _ACTION.sub(lambda found: _shown(_pipeline(found[1], known)), text)


def _shown(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, list):
        return f"[{' '.join(map(_shown, value))}]"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _pipeline(action: str, known: Mapping[str, Any]) -> Any:  # noqa: ANN401
    commands: list[list[str]] = [[]]
    for word in _WORD.findall(action):
        if word == "|":
            commands.append([])
        else:
            commands[-1].append(word)
    passed: list[Any] = []
    for command in commands:
        if not command:
            raise TemplateError(f"`{{{{{action}}}}}` has nothing on one side of a `|`")
        passed = [_command(command, passed, known)]
    return passed[0]


def _command(words: list[str], passed: list[Any], known: Mapping[str, Any]) -> Any:  # noqa: ANN401
    name, *rest = words
    arguments = [_operand(word, known) for word in rest] + passed
    function = _FUNCTIONS.get(name)
    if function is None:
        if arguments:
            raise TemplateError(_unsupported(name))
        return _operand(name, known)
    try:
        return function(*arguments)
    except (TypeError, LookupError, AttributeError) as wrong:
        raise TemplateError(
            f"`{name}` cannot be used on what it was given in a template"
        ) from wrong


def _operand(word: str, known: Mapping[str, Any]) -> Any:  # noqa: ANN401
    if word[0] in '"`':
        return json.loads(word) if word[0] == '"' else word[1:-1]
    if re.fullmatch(r"-?[0-9]+", word):
        return int(word)
    if not re.fullmatch(r"(\.\w+)+", word):
        raise TemplateError(_unsupported(word))
    value: Any = known
    for name in word[1:].split("."):
        if value is known and name not in known:
            raise TemplateError(f"`.{name}` is no field of a container; known: {_names(known)}")
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value


def _names(known: Mapping[str, Any]) -> str:
    return ", ".join(f"`.{name}`" for name in sorted(known))


def _unsupported(word: str) -> str:
    return (
        f"`{word}` is not supported in a label's template; supported are fields like `{{{{.Name}}}}`, "
        f"{', '.join(f'`{name}`' for name in _FUNCTIONS)} and pipes"
    )
