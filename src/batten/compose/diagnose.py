"""What Compose said when it refused a stack, as an error with a place."""

import re

from batten.compose.source import Sources
from batten.errors import BattenError, ComposeError, InputError
from batten.model import Position

_PATH = re.compile(
    r"\b(services|volumes|networks|configs|secrets|include)((?:\.[\w.-]+|\[[^\]]+\])+)"
)
_REQUIRED = re.compile(r"required variable (\w+) is missing a value(?:: (.*))?")
_UNKNOWN = re.compile(r"additional propert(?:y|ies) '?([\w.-]+)")
_SERVICE = re.compile(r'service "([^"]+)"')
_NAMED = re.compile(
    r'(?:undefined (?:service|volume|network|config|secret) |hostPort: )"?([\w.-]+)"?'
)
_UNSET = re.compile(r'The \\?"(\w+)\\?" variable is not set')
# Where it is told apart from the words.
_VALIDATING = re.compile(r"^validating \S+: ")
_FILE = re.compile(r"(?:^|\s)(/[^\s:]+)(?=:|\s|$)")


def refusal(stderr: str, sources: Sources) -> BattenError:
    """The error that `stderr` amounts to."""
    said = _said(stderr)
    required = _REQUIRED.search(said)
    if required:
        return _unset(required[1], required[2], sources)
    unset = unset_variables(stderr, sources)
    if unset:
        return unset
    if said.startswith(("yaml:", "failed to parse")) or "unmarshal" in said:
        return sources.broken() or InputError(said, at=_place(said, sources))
    place = _place(said, sources)
    if place is None:
        return sources.broken() or ComposeError(
            f"Compose refuses the stack: {said}", hint="run `docker compose config` to see it alone"
        )
    return InputError(f"Compose refuses the stack: {said}", at=place, hint="mend the file there")


def unset_variables(stderr: str, sources: Sources) -> InputError | None:
    """The error for variables without a value, which Compose itself only warns about."""
    names = list(dict.fromkeys(_UNSET.findall(stderr)))
    if not names:
        return None
    first = _unset(names[0], None, sources)
    if len(names) == 1:
        return first
    listed = ", ".join(f"`{name}`" for name in names)
    return InputError(
        f"the variables {listed} have no value and no default",
        at=first.at,
        hint="set them in the environment or in `.env`",
    )


def _unset(name: str, why: str | None, sources: Sources) -> InputError:
    return InputError(
        f"the variable `{name}` has no value" + (f": {why}" if why else " and no default"),
        at=sources.search(rf"\$\{{?{name}\b"),
        hint=f"set it in the environment or in `.env`: `{name}=…`",
    )


def _said(stderr: str) -> str:
    """Compose's last word, without its warnings and log prefixes."""
    lines = [line for line in stderr.splitlines() if line and not line.startswith("time=")]
    said = " ".join(line.strip() for line in lines) or "it gave no reason"
    return _VALIDATING.sub("", said)


def _place(said: str, sources: Sources) -> Position | None:
    """The most exact place that the words allow."""
    path = _path(said)
    unknown = _UNKNOWN.search(said)
    if path and unknown:
        return sources.nearest((*path, unknown[1]))
    if path:
        return sources.nearest(path)
    return _named_place(said, sources) or _file_place(said, sources)


def _path(said: str) -> tuple[str, ...] | None:
    match = _PATH.search(said)
    if not match:
        return None
    steps = re.findall(r"[^.\[\]']+", match[2].rstrip("."))
    return (match[1], *steps)


def _named_place(said: str, sources: Sources) -> Position | None:
    named, service = _NAMED.search(said), _SERVICE.search(said)
    if service and "depends on" in said and named:
        return sources.nearest(("services", service[1], "depends_on", named[1]))
    if named:
        found = sources.search(rf"(?<![\w-]){re.escape(named[1])}(?![\w-])")
        if found:
            return found
    return sources.nearest(("services", service[1])) if service else None


def _file_place(said: str, sources: Sources) -> Position | None:
    """A file that a stack names and that is not there: the line which names it."""
    for name in _FILE.findall(said):
        for file in sources.files:
            if str(file) == name:
                return Position(file)
        found = sources.search(re.escape(name.rsplit("/", 1)[-1]))
        if found:
            return found
    return None
