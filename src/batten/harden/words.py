"""Values as YAML, in the notation that a person would choose."""

import json
import re
import textwrap

import yaml

_SIMPLE = re.compile(r"[A-Za-z0-9_./$({\-+][^\n#\"'\\\[\]&*!|>%`]*")
_WIDTH = 100


def scalar(text: str) -> str:
    """A string, in quotes only where it needs them."""
    if _SIMPLE.fullmatch(text) and not text.endswith((" ", ":")) and ": " not in text:
        try:
            if yaml.safe_load(text) == text and yaml.safe_load(f"- {text}") == [text]:
                return text
        except yaml.YAMLError:
            pass
    return json.dumps(text, ensure_ascii=False)


def flow(words: tuple[str, ...]) -> str:
    """A list on one line: `[CMD, wget]`."""
    shown = (json.dumps(word) if set(word) & set(",{}: ") else scalar(word) for word in words)
    return f"[{', '.join(shown)}]"


def comment(text: str, indent: int) -> str:
    """Lines of comment that stand above something."""
    lead = " " * indent + "# "
    return "".join(
        f"{line}\n"
        for line in textwrap.wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=lead)
    )


def variable(service: str, what: str) -> str:
    """The variable of one figure: `POSTGRES_MEMORY_LIMIT` from `postgres` and `memory limit`."""
    name = re.sub(r"\W+", "_", f"{service}_{what}", flags=re.ASCII).strip("_").upper()
    return f"_{name}" if name[0].isdigit() else name


def figure(service: str, what: str, default: str) -> str:
    """A value that a line in `.env` can change."""
    return f"${{{variable(service, what)}:-{default}}}"


def amount(size: int) -> str:
    """Bytes in the largest unit that holds them whole."""
    for letter, unit in (("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)):
        if size % unit == 0:
            return f"{size // unit}{letter}"
    return str(size)
