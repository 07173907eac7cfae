"""Hardening: read the base, write the overlay, prove that the two merge."""

import difflib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from batten import compose
from batten.catalog import Kind
from batten.check import Finding, Severity, Stack, examine
from batten.compose import Project, Sources
from batten.errors import BattenError, InputError, Refusal
from batten.harden import base
from batten.harden.configuration import Files, configuration
from batten.harden.document import Blocks, Key, digest, join, split
from batten.harden.keep import Merged, keep
from batten.harden.observability import Added, add
from batten.harden.overlay import overlay
from batten.harden.record import Digests, file_digest, record, recorded
from batten.harden.service import volumes
from batten.model import Position

_NOTHING = Added({}, (), ())


class Plan(msgspec.Struct, frozen=True):
    """The base, the overlay's place, and whether services that watch are added.

    `observability` None: as it was the last time, and not at first.
    """

    base: Project
    output: Path
    observability: bool | None = None


class Written(msgspec.Struct, frozen=True):
    """One file: where, what it holds (None: it is not there), and what it shall hold."""

    path: Path
    before: str | None
    after: str

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return self.before == self.after

    def diff(self) -> str:
        """What would change, as `diff -u` says it."""
        name = Position(self.path).shown_file
        old = (self.before or "").splitlines(keepends=True)
        lines = difflib.unified_diff(old, self.after.splitlines(keepends=True), name, name)
        return "".join(lines)

    def write(self) -> None:
        """At once or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f".{self.path.name}.draft")
        try:
            draft.write_text(self.after, encoding="utf-8")
            draft.replace(self.path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise InputError(
                f"cannot be written: {error.strerror}",
                at=Position(self.path),
                hint="name another place with `--output`",
            ) from None


class Hardened(msgspec.Struct, frozen=True):
    """The overlay and the files beside it, what was left as somebody made it, and what is left to do."""

    files: tuple[Written, ...]
    services: int
    kept: tuple[str, ...]
    notes: tuple[str, ...]
    errors: tuple[Finding, ...]

    @property
    def is_current(self) -> bool:
        """Whether every file is as it would be written."""
        return all(file.is_current for file in self.files)


def harden(plan: Plan) -> Hardened:
    """Work out the overlay and prove that it merges; nothing is written yet.

    Raise as `compose.read` does where the base cannot be resolved, Refusal where the overlay's
    place holds a file of somebody else's.
    """
    before = _read(plan.output)
    body, written = recorded(before or "")
    if before is not None and written is None:
        raise Refusal(
            f"`{Position(plan.output).shown_file}` was not written by `batten harden`",
            hint="name another place with `--output`, or give it with `-f` as a part of the base",
        )
    project = msgspec.structs.replace(plan.base, profiles=("*",))
    with tempfile.TemporaryDirectory(prefix="batten-") as folder:
        drafted = _draft(plan, project, written or {}, Path(folder))
        merged = _merged(drafted.blocks, body, written)
        text = join(merged.blocks).rstrip("\n") + "\n" + record(drafted.blocks, drafted.files)
        errors = _verify(project, text, Path(folder) / plan.output.name)
    files, kept = _files(plan.base.folder, drafted.files, written or {})
    shown = [_shown(key) for key in merged.kept] + [
        f"{_shown(key)} (taken out)" for key in merged.missing
    ]
    own = [f"`{Position(path).shown_file}`" for path in kept]
    return Hardened(
        (Written(plan.output, before, text), *files),
        sum(len(key) == 2 and key[0] == "services" for key in merged.blocks),
        (*shown, *own),
        drafted.notes,
        errors,
    )


class _Draft(msgspec.Struct, frozen=True):
    blocks: Blocks
    files: Files
    notes: tuple[str, ...]


def _draft(plan: Plan, project: Project, written: Digests, folder: Path) -> _Draft:
    """The overlay as if nobody had ever changed it."""
    stack = _ordered(_stack(project), ())
    watched = plan.observability
    if watched is None:
        watched = any(key[:1] == ("files",) for key in written)
    added, order = _NOTHING, stack
    if watched:
        added = add(stack)
    if added.blocks:
        file = folder / "added.yaml"
        file.write_text(added.text(), encoding="utf-8")
        order = _ordered(_stack(project.with_files(file)), added.names)
    loki = next(
        (one.name for one in order.services.values() if one.software.kind is Kind.LOGS), None
    )
    blocks = overlay(order, added, (*plan.base.files, plan.output), loki)
    return _Draft(blocks, configuration(stack, added), (*added.notes, *_notes(stack)))


def _ordered(stack: Stack, added: tuple[str, ...]) -> Stack:
    """Services as the files have them, oldest first, the added ones behind; Compose sorts by name."""
    files = [Sources([file]).entries(("services",)) for file in stack.sources.all_files]
    names = [entry.key for entries in files for entry in entries if entry.key not in added]
    order = dict.fromkeys((*names, *added, *stack.services))
    stack.services = {name: stack.services[name] for name in order if name in stack.services}
    return stack


def _notes(stack: Stack) -> Iterator[str]:
    for service in stack.services.values():
        for name in volumes(service):
            yield (
                f"`{service.name}` gets the volume `{name}`: what it holds now is not in there, so copy it first"
            )
        if base.settings_elsewhere(service) is None and base.starts_itself(service):
            yield f"`{service.name}` has settings in a file that cannot be read here: no flags are added"


def _merged(blocks: Blocks, body: str, written: Digests | None) -> Merged:
    if written is None:
        return Merged(blocks)
    return keep(blocks, split(body), written)


def _verify(project: Project, text: str, file: Path) -> tuple[Finding, ...]:
    """What `check` finds in base and overlay; raise where Compose refuses the two together."""
    file.write_text(text, encoding="utf-8")
    try:
        stack = _stack(project.with_files(file))
    except BattenError as error:
        line = error.at.line if error.at and error.at.file == file else None
        where = f" (line {line} of the overlay)" if line else ""
        raise type(error)(
            f"base and overlay do not merge{where}: {error.message}",
            at=None if line else error.at,
            hint="nothing was written; mend the overlay, or move it away to have it written anew",
        ) from None
    return tuple(found for found in examine(stack).open if found.severity is Severity.ERROR)


def _files(folder: Path, files: Files, written: Digests) -> tuple[list[Written], list[Path]]:
    """Configuration to write, and what somebody has changed, which stays as it is."""
    mine, kept = [], []
    for path, text in files.items():
        before = _read(folder / path)
        if before is None or before == text or digest(before) == file_digest(written, path):
            mine.append(Written(folder / path, before, text))
        else:
            kept.append(folder / path)
    return mine, kept


def _stack(project: Project) -> Stack:
    return Stack(compose.read(project), Sources(project.files))


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}", at=Position(path), hint="move it away"
        ) from None


def _shown(key: Key) -> str:
    return f"`{'.'.join(key[1:] if key[:1] == ('services',) and len(key) > 1 else key) or 'the first lines'}`"
