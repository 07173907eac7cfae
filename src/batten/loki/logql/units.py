"""Durations and sizes as LogQL writes them, and as Go and Prometheus read them out of labels."""

import math
import re

NANOSECOND = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,  # micro sign
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 7 * 86_400_000_000_000,
    "y": 365 * 86_400_000_000_000,
}
MAX_INT64 = (1 << 63) - 1

_UNITS = ("y", "w", "d", "h", "m", "s", "ms")
_PROMETHEUS_PART = re.compile(r"(?P<number>[0-9]+)(?P<unit>[^0-9]*)")
_GO_PART = re.compile(r"(?P<number>[0-9]*(?:\.[0-9]*)?)(?P<unit>[^0-9.]*)")
_SIZE = re.compile(r"(?P<number>[0-9.,]*)(?P<unit>.*)", re.DOTALL)


def prometheus_duration(text: str) -> int:
    """Nanoseconds of `1d12h`, as Prometheus reads it; ValueError with its words."""
    if text == "0":
        return 0
    if not text:
        raise ValueError("empty duration string")
    rest, total, last = text, 0, -1
    while rest:
        found = _PROMETHEUS_PART.match(rest)
        if not found or not found["unit"]:
            raise ValueError(f"not a valid duration string: {go_quote(text)}")
        if found["unit"] not in _UNITS:
            unit = go_quote(found["unit"])
            raise ValueError(f"unknown unit {unit} in duration {go_quote(text)}")
        place = _UNITS.index(found["unit"])
        if place <= last:
            raise ValueError(f"not a valid duration string: {go_quote(text)}")
        total += int(found["number"]) * NANOSECOND[found["unit"]]
        last, rest = place, rest[found.end() :]
    if total > MAX_INT64:
        raise ValueError("duration out of range")
    return total


def go_duration(text: str) -> int:
    """Nanoseconds of `1.5h` or `-20ms`, as Go reads it; ValueError with its words."""
    rest, sign = text, 1
    if rest[:1] in {"-", "+"}:
        sign = -1 if rest[0] == "-" else 1
        rest = rest[1:]
    if rest == "0":
        return 0
    if not rest:
        raise ValueError(f"time: invalid duration {go_quote(text)}")
    total = 0
    while rest:
        total, rest = _go_part(text, rest, total)
    if total > MAX_INT64:
        raise ValueError(f"time: invalid duration {go_quote(text)}")
    return sign * total


def _go_part(text: str, rest: str, total: int) -> tuple[int, str]:
    found = _GO_PART.match(rest)
    if not found or found["number"] in {"", "."}:
        raise ValueError(f"time: invalid duration {go_quote(text)}")
    if not found["unit"]:
        raise ValueError(f"time: missing unit in duration {go_quote(text)}")
    if found["unit"] not in NANOSECOND or found["unit"] in {"d", "w", "y"}:
        unit = go_quote(found["unit"])
        raise ValueError(f"time: unknown unit {unit} in duration {go_quote(text)}")
    scale = NANOSECOND[found["unit"]]
    whole, _, fraction = found["number"].partition(".")
    total += int(whole or "0") * scale
    if fraction:
        total += int(int(fraction) * (scale / 10 ** len(fraction)))
    return total, rest[found.end() :]


_SIZES = {"": 1, "b": 1}
for _power, _letter in enumerate("kmgtpe", start=1):
    _SIZES |= {_letter: 1000**_power, f"{_letter}b": 1000**_power}
    _SIZES |= {f"{_letter}i": 1024**_power, f"{_letter}ib": 1024**_power}


def byte_size(text: str) -> int:
    """Bytes of `1.5MiB` or `20 kB`, with the words of the library Loki uses; ValueError."""
    found = _SIZE.fullmatch(text)
    if not found:
        raise ValueError(f"unhandled size name: {text}")
    number = parse_float(found["number"].replace(",", ""))
    unit = found["unit"].strip().lower()
    if unit not in _SIZES:
        raise ValueError(f"unhandled size name: {found['unit'].strip().lower()}")
    size = number * _SIZES[unit]
    if size >= 1 << 64:
        raise ValueError(f"too large: {text}")
    return int(size)


def rounded_size(size: int) -> int:
    """A size after Loki wrote it down: `2KiB` becomes `2.0kB` on the way to where it is compared."""
    if size < 10:
        return size
    power = 0
    while size >= 1000 ** (power + 1):
        power += 1
    value = math.floor(size / 1000**power * 10 + 0.5) / 10
    digits = f"{value:.1f}" if value < 10 else f"{value:.0f}"
    return int(float(digits) * 1000**power)


_FLOAT = re.compile(
    r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf(?:inity)?)|nan",
    re.IGNORECASE | re.ASCII,
)
_HEX_FLOAT = re.compile(r"[+-]?0x[0-9a-f]*\.?[0-9a-f]*p[+-]?[0-9]+", re.IGNORECASE | re.ASCII)


def parse_float(text: str) -> float:
    """A number as Go reads it: no spaces, no `1_000`; ValueError with its words."""
    if _FLOAT.fullmatch(text):
        return float(text)
    if _HEX_FLOAT.fullmatch(text):
        return float.fromhex(text)
    raise ValueError(f"strconv.ParseFloat: parsing {go_quote(text)}: invalid syntax")


_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}


def go_quote(text: str) -> str:
    """The text as a Go string literal."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_quoted(character) for character in text) + '"'


def _quoted(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def prometheus_text(nanoseconds: int) -> str:
    """A duration as Prometheus writes it: 36 hours as `1d12h`, 90 seconds as `1m30s`."""
    rest = nanoseconds // 1_000_000
    if rest == 0:
        return "0s"
    sign, rest = ("-", -rest) if rest < 0 else ("", rest)
    parts = []
    for unit in ("y", "w", "d", "h", "m", "s", "ms"):
        size = NANOSECOND[unit] // 1_000_000
        # Years and weeks are written only where they come out even
        if rest >= size and not (unit in {"y", "w"} and rest % size):
            parts.append(f"{rest // size}{unit}")
            rest %= size
    return sign + "".join(parts)


def format_float(value: float) -> str:
    """A sample's value as Go writes it with the fewest digits and without an exponent."""
    if value != value:  # noqa: PLR0124 - the one number that is not itself
        return "NaN"
    if value in {float("inf"), float("-inf")}:
        return "+Inf" if value > 0 else "-Inf"
    text = repr(value)
    if "e" in text:
        from decimal import Decimal

        text = format(Decimal(text), "f")
    return text.removesuffix(".0")
