"""The functions of templates: Loki's own, Go's, and those of the sprig library that Loki lets in."""

import base64
import math
import urllib.parse
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from batten.loki.logql.regex import compile_regex
from batten.loki.logql.units import byte_size, format_float, go_duration, parse_float

from .printf import printed, sprint, sprintf
from .timestamp import Timestamp

# As many places as the library of sprig's decimals keeps
PLACES = Decimal("1e-16")


def truthy(value: Any) -> bool:  # noqa: ANN401 - as Go: any value
    """Whether Go's `if` takes the value for true."""
    return value is True or (not isinstance(value, bool) and bool(value))


def _int(value: Any) -> int:  # noqa: ANN401
    if isinstance(value, (int, float)):
        return int(value)
    try:
        text = str(value)
        return int(text, 0) if not text.lstrip("+-").isdigit() else int(text)
    except ValueError:
        try:
            return int(parse_float(str(value)))
        except (ValueError, OverflowError):
            return 0


def _float(value: Any) -> float:  # noqa: ANN401
    if isinstance(value, (int, float)):
        return float(value)
    try:
        return parse_float(str(value))
    except ValueError:
        return 0.0


def _trunc(count: int, text: str) -> str:
    if count < 0 and len(text) + count > 0:
        return text[len(text) + count :]
    return text[:count] if 0 <= count < len(text) else text


def _substr(start: int, end: int, text: str) -> str:
    if start < 0:
        return text[: max(end, 0)]
    return text[start:] if end < 0 or end > len(text) else text[start:end]


def _align(count: int, text: str, *, left: bool) -> str:
    if count < 0:
        return text
    if len(text) <= count:
        return text.ljust(count) if left else text.rjust(count)
    return text[:count] if left else text[len(text) - count :]


def _replace(text: str, old: str, new: str, count: int) -> str:
    return text.replace(old, new, count)


def expand(replacement: str) -> str:
    r"""Go's `$1` and `${name}` as RE2's `\1` and `\g<name>`."""
    import re

    def group(found: "re.Match[str]") -> str:
        name = found[1] or found[2]
        return "$" if found[0] == "$$" else f"\\g<{name}>"

    return re.sub(r"\$(?:\$|(\w+)|\{(\w+)\})", group, replacement.replace("\\", "\\\\"))


def _regex_replace(pattern: str, text: str, replacement: str) -> str:
    return str(compile_regex(pattern).sub(expand(replacement), text))


def _regex_replace_literal(pattern: str, text: str, replacement: str) -> str:
    return str(compile_regex(pattern).sub(lambda _: replacement, text))


def _count(pattern: str, text: str) -> int:
    return sum(1 for _ in compile_regex(pattern).finditer(text))


def _b64dec(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except ValueError:
        return "illegal base64 data at input byte 0"


def _default(fallback: Any, *given: Any) -> Any:  # noqa: ANN401
    return given[0] if given and truthy(given[0]) else fallback


def _round(value: Any, places: int, round_on: float = 0.5) -> float:  # noqa: ANN401
    scaled = _float(value) * 10.0**places
    floor = math.floor(scaled)
    return (floor + 1 if scaled - floor >= round_on else floor) / 10.0**places


def _division(left: Any, right: Any) -> int:  # noqa: ANN401
    quotient = abs(_int(left)) // abs(_int(right))
    return quotient if (_int(left) < 0) == (_int(right) < 0) else -quotient


def _modulo(left: Any, right: Any) -> int:  # noqa: ANN401
    return int(math.fmod(_int(left), _int(right)))


def _exact(function: Callable[[Decimal, Decimal], Decimal]) -> Callable[..., float]:
    """Sprig adds floats up as decimals, so that 0.1 + 0.2 is 0.3."""

    def run(first: Any, *rest: Any) -> float:  # noqa: ANN401
        total = Decimal(format_float(_float(first)))
        for value in rest:
            total = function(total, Decimal(format_float(_float(value))))
        return float(total)

    return run


def _compared(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def run(left: Any, right: Any) -> bool:  # noqa: ANN401
        if isinstance(left, str) is not isinstance(right, str):
            raise ValueError("incompatible types for comparison")
        return test(left, right)

    return run


def _eq(first: Any, *others: Any) -> bool:  # noqa: ANN401
    return any(_compared(lambda left, right: bool(left == right))(first, other) for other in others)


def _and(*values: Any) -> Any:  # noqa: ANN401
    return next((value for value in values if not truthy(value)), values[-1])


def _or(*values: Any) -> Any:  # noqa: ANN401
    return next((value for value in values if truthy(value)), values[-1])


def _index(value: Any, *keys: Any) -> Any:  # noqa: ANN401
    for key in keys:
        value = value.get(key, "") if isinstance(value, Mapping) else value[key]
    return value


def _from_json(text: str) -> Any:  # noqa: ANN401
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None


def _indent(count: int, text: str) -> str:
    pad = " " * min(count, 1000)
    return pad + text.replace("\n", "\n" + pad)


def _repeat(count: int, text: str) -> str:
    if count < 0 or count * len(text) > 1 << 20:
        raise ValueError("Repeat count is negative or too large")
    return text * count


def _seconds(text: str) -> float:
    return go_duration(text) / 1e9


def _trim_set(characters: str, text: str) -> str:
    return text.strip(characters)


# Loki has them, this server does not
MISSING = {"toDate", "toDateInZone", "slice", "html", "js", "call"}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ToLower": str.lower,
    "ToUpper": str.upper,
    "lower": str.lower,
    "upper": str.upper,
    "title": lambda text: " ".join(word[:1].upper() + word[1:] for word in text.split(" ")),
    "Replace": _replace,
    "replace": lambda old, new, text: text.replace(old, new),
    "Trim": lambda text, characters: text.strip(characters),
    "TrimLeft": lambda text, characters: text.lstrip(characters),
    "TrimRight": lambda text, characters: text.rstrip(characters),
    "TrimPrefix": lambda text, prefix: text.removeprefix(prefix),
    "TrimSuffix": lambda text, suffix: text.removesuffix(suffix),
    "TrimSpace": str.strip,
    "trim": str.strip,
    "trimAll": _trim_set,
    "trimPrefix": lambda prefix, text: text.removeprefix(prefix),
    "trimSuffix": lambda suffix, text: text.removesuffix(suffix),
    "trunc": _trunc,
    "substr": _substr,
    "contains": lambda part, text: part in text,
    "hasPrefix": lambda prefix, text: text.startswith(prefix),
    "hasSuffix": lambda suffix, text: text.endswith(suffix),
    "indent": _indent,
    "nindent": lambda count, text: "\n" + _indent(count, text),
    "repeat": _repeat,
    "alignLeft": lambda count, text: _align(count, text, left=True),
    "alignRight": lambda count, text: _align(count, text, left=False),
    "regexReplaceAll": _regex_replace,
    "regexReplaceAllLiteral": _regex_replace_literal,
    "count": _count,
    "urldecode": urllib.parse.unquote_plus,
    "urlencode": urllib.parse.quote_plus,
    "b64enc": lambda text: base64.b64encode(text.encode()).decode(),
    "b64dec": _b64dec,
    "bytes": lambda text: float(byte_size(text)),
    "duration": _seconds,
    "duration_seconds": _seconds,
    "default": _default,
    "int": _int,
    "float64": _float,
    "add": lambda *values: sum(map(_int, values)),
    "sub": lambda left, right: _int(left) - _int(right),
    "mul": lambda *values: math.prod(map(_int, values)),
    "div": _division,
    "mod": _modulo,
    "max": lambda *values: max(map(_int, values)),
    "min": lambda *values: min(map(_int, values)),
    "maxf": lambda *values: max(map(_float, values)),
    "minf": lambda *values: min(map(_float, values)),
    "addf": _exact(lambda left, right: left + right),
    "subf": _exact(lambda left, right: left - right),
    "mulf": _exact(lambda left, right: left * right),
    "divf": _exact(lambda left, right: (left / right).quantize(PLACES, ROUND_HALF_UP)),
    "ceil": lambda value: float(math.ceil(_float(value))),
    "floor": lambda value: float(math.floor(_float(value))),
    "round": _round,
    "fromJson": _from_json,
    "date": lambda layout, time: time.format(layout),
    "now": Timestamp.now,
    "unixEpoch": lambda time: str(time.ns // 10**9),
    "unixEpochMillis": lambda time: str(time.ns // 10**6),
    "unixEpochNanos": lambda time: str(time.ns),
    "unixToTime": Timestamp.from_unix,
    "printf": sprintf,
    "print": sprint,
    "println": lambda *values: " ".join(map(printed, values)) + "\n",
    "len": len,
    "eq": _eq,
    "ne": _compared(lambda left, right: bool(left != right)),
    "lt": _compared(lambda left, right: bool(left < right)),
    "le": _compared(lambda left, right: bool(left <= right)),
    "gt": _compared(lambda left, right: bool(left > right)),
    "ge": _compared(lambda left, right: bool(left >= right)),
    "and": _and,
    "or": _or,
    "not": lambda value: not truthy(value),
    "index": _index,
    "urlquery": urllib.parse.quote_plus,
}

__all__ = ["FUNCTIONS", "MISSING", "Timestamp", "expand", "printed", "truthy"]
