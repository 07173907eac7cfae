"""Passwords that stand in Compose files, never shown."""

import re
from collections.abc import Iterator

import msgspec

from batten.check.service import Service
from batten.compose.source import Written
from batten.model import Position

_NAME = re.compile(
    r"(PASSWORD|PASSWD|PASSPHRASE|(^|_)(PASS|PWD|SECRET|TOKEN|API_?KEY|SECRET_?KEY|PRIVATE_?KEY"
    r"|ENCRYPTION_?KEY|SECRET_ACCESS_KEY|SECRET_KEY_BASE|APP_KEY|REDISCLI_AUTH))$",
    re.IGNORECASE,
)
# Names that talk about a password, and those that frameworks send to every browser.
_ABOUT = re.compile(
    r"(^|_)(ALLOW|ENABLE|DISABLE|RANDOM|REQUIRE|USE|FORGOT|RESET|MAX|MIN|EMPTY)[A-Z]*_"
    r"|^(NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP|VITE|PUBLIC)_",
    re.IGNORECASE,
)
_SWITCH = re.compile(r"(true|false|yes|no|on|off|null|none|[01])?", re.IGNORECASE)
# What stands for another place: a file, a template, a shell's variable or command.
_ELSEWHERE = re.compile(r"^(/|\./|file:|vault:|<|\{\{|\$\$|\$\(|`|%)")
_VARIABLE = re.compile(r"\$\{(\w+)(?:(:?[-+?])((?:[^{}]|\{[^{}]*\})*))?\}|\$(\w+)")
_IN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s:@]*:([^/?#\s@]+)@", re.IGNORECASE)


class Password(msgspec.Struct, frozen=True):
    """One that is in effect and can be read in a file: as it is, or as a variable's default."""

    name: str
    at: Position
    variable: str | None = None

    @property
    def is_literal(self) -> bool:
        """Whether no variable stands in its place."""
        return self.variable is None


class _Field(msgspec.Struct, frozen=True):
    """A value of which `${…}` have become single characters, and what these stand for."""

    text: str
    variables: tuple[re.Match[str], ...]

    @classmethod
    def of(cls, written: str) -> "_Field":
        found: list[re.Match[str]] = []

        def hold(match: re.Match[str]) -> str:
            found.append(match)
            return chr(_HELD + len(found) - 1)

        pieces = [_VARIABLE.sub(hold, piece) for piece in written.split("$$")]
        return cls("$$".join(pieces), tuple(found))


# The start of Unicode's private use area: no password has these.
_HELD = 0xE000


def passwords(service: Service) -> Iterator[Password]:
    """Those of its environment, and those in addresses (`scheme://user:password@host`) there.

    What comes from the host, from a `*_FILE`, an `env_file` or a variable without a default cannot
    be read in a file that is looked at here, and is no finding.
    """
    known = {secret.variable for secret in service.software.secrets}
    for name, value in service.environment.items():
        versions = service.versions("environment", name) if value else ()
        if not versions or value is None:
            continue
        for secret in _secret_parts(name, versions[0], is_known=name in known):
            found = _read(secret, value, _Field.of(versions[0].text))
            if found is not None:
                yield Password(name, versions[0].at, found or None)


def is_password_name(name: str) -> bool:
    """Whether a variable of this name, or an option, holds what nobody may know."""
    return bool(_NAME.search(name)) and not _ABOUT.search(name)


def is_password(text: str) -> bool:
    """Whether a value can be one: no switch, and no place where it is to be found."""
    return not _SWITCH.fullmatch(text) and not _ELSEWHERE.match(text)


def in_address(text: str) -> str | None:
    """The password in an address, with `${…}` as it is written; None where there is none."""
    field = _Field.of(text)
    found = _IN_ADDRESS.search(field.text)
    return found[1] if found and is_password(found[1]) else None


def _secret_parts(name: str, written: Written, *, is_known: bool) -> Iterator[str]:
    """The parts of a value that are secret, `${…}` held by one character each."""
    field = _Field.of(written.text)
    address = in_address(written.text)
    if address:
        yield address
    elif "://" not in field.text and (is_known or is_password_name(name)):
        yield field.text


def _read(secret: str, value: str, field: _Field) -> str | None:
    """What can be read: `` for a literal, a variable for its default, None for nothing."""
    held = [field.variables[ord(char) - _HELD] for char in secret if _is_held(char, field)]
    if not held:
        return "" if is_password(secret) else None
    defaults = [_default(match) for match in held]
    if not all(defaults) or not all(is_password(one or "") for one in defaults):
        return None
    return _name(held[0]) if _in_effect(value, field, held) else None


def _in_effect(value: str, field: _Field, held: list[re.Match[str]]) -> bool:
    """Whether these variables have their defaults in the value that Compose made of it."""
    pattern = "".join(
        re.escape(char)
        if not _is_held(char, field)
        else re.escape(_default(match) or "")
        if (match := field.variables[ord(char) - _HELD]) in held
        else ".*?"
        for char in field.text
    )
    return re.fullmatch(pattern, value, re.DOTALL) is not None


def _is_held(char: str, field: _Field) -> bool:
    return 0 <= ord(char) - _HELD < len(field.variables)


def _name(match: re.Match[str]) -> str:
    return match[1] or match[4]


def _default(match: re.Match[str]) -> str | None:
    """What stands in the file for the variable; None where that is itself from elsewhere."""
    if match[2] not in {"-", ":-"} or not match[3]:
        return None
    inner = _VARIABLE.fullmatch(match[3])
    if inner:
        return _default(inner)
    return None if "$" in match[3] else match[3]
