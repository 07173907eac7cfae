"""Go's `fmt` for the values that templates know."""

import re
from collections.abc import Mapping
from typing import Any

from batten.loki.logql.units import go_quote

from .timestamp import Timestamp

_VERB = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>[0-9]+)?(?:\.(?P<places>[0-9]*))?(?P<verb>.)", re.DOTALL
)
_NAMES = {str: "string", int: "int", float: "float64", bool: "bool"}


def printed(value: Any) -> str:  # noqa: ANN401, PLR0911 - as Go: any value
    """The value as `%v` writes it."""
    match value:
        case None:
            return "<no value>"
        case bool():
            return "true" if value else "false"
        case float():
            return _general(value)
        case str() | int() | Timestamp():
            return str(value)
        case Mapping():
            pairs = (f"{key}:{printed(value[key])}" for key in sorted(value))
            return f"map[{' '.join(pairs)}]"
        case list():
            return f"[{' '.join(map(printed, value))}]"
        case _:
            return str(value)


def _general(value: float) -> str:
    """`%g` with the fewest digits: an exponent only from 21 digits on, or below 0.0001."""
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}[str(value)]
    if value and not 1e-4 <= abs(value) < 1e21:
        mantissa, _, exponent = f"{value:e}".partition("e")
        digits = repr(value).partition("e")[0].removesuffix(".0") if "e" in repr(value) else None
        mantissa = digits or mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{exponent}"
    from batten.loki.logql.units import format_float

    return format_float(value)


def sprint(*values: Any) -> str:  # noqa: ANN401
    """The values one after another, with a space between two of which neither is text."""
    parts = list[str]()
    for index, value in enumerate(values):
        if index and not isinstance(value, str) and not isinstance(values[index - 1], str):
            parts.append(" ")
        parts.append(printed(value))
    return "".join(parts)


def sprintf(layout: str, *values: Any) -> str:  # noqa: ANN401
    """`printf "%-5s %d" .a .b`; a verb that does not fit its value shows as in Go."""
    rest = list(values)

    def written(found: re.Match[str]) -> str:
        verb = found["verb"]
        if verb == "%":
            return "%"
        if not rest:
            return f"%!{verb}(MISSING)"
        return _padded(found, _formatted(verb, found, rest.pop(0)))

    text = _VERB.sub(written, layout)
    if rest:
        extra = ", ".join(f"{_NAMES.get(type(value), 'any')}={printed(value)}" for value in rest)
        text += f"%!(EXTRA {extra})"
    return text


def _padded(found: re.Match[str], text: str) -> str:
    width = min(int(found["width"] or 0), 1000)
    if "-" in found["flags"]:
        return text.ljust(width)
    if "0" in found["flags"] and found["verb"] != "s":
        return text.zfill(width)
    return text.rjust(width)


def _formatted(verb: str, found: re.Match[str], value: Any) -> str:  # noqa: ANN401, PLR0911
    places = None if found["places"] is None else min(int(found["places"] or 0), 1000)
    plus = "+" if "+" in found["flags"] else ""
    match verb, value:
        case "v", _:
            return printed(value)
        case "s", str() | Timestamp() | Mapping() | list():
            return printed(value)[:places]
        case "q", str():
            return go_quote(value)
        case "t", bool():
            return printed(value)
        case "d", int() if not isinstance(value, bool):
            return f"{value:{plus}d}"
        case "x" | "X" | "o" | "b" | "c", int() if not isinstance(value, bool):
            return format(value, verb)
        case "x", str():
            return value.encode().hex()
        case "f" | "F" | "e" | "E", float():
            return f"{value:{plus}.{6 if places is None else places}{verb}}"
        case "g" | "G", float():
            return _general(value) if places is None else f"{value:{plus}.{places}g}"
        case _:
            return f"%!{verb}({_NAMES.get(type(value), 'any')}={printed(value)})"
