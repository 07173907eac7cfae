"""Passwords that everybody knows, and random ones in their place."""

import os
import secrets
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from batten.compose import Project, Variable, variables
from batten.errors import Refusal
from batten.up.problem import Problem

# Values that stand in documentation, so that setting a variable to one of them protects nothing.
WELL_KNOWN = frozenset(
    (
        "",
        "admin",
        "changeme",
        "minioadmin",
        "pass",
        "password",
        "postgres",
        "root",
        "secret",
        "test",
    )
)


def known_to_all(project: Project) -> list[Variable]:
    """The secrets of a production stack whose value stands in its Compose file or is no secret."""
    if not project.is_production:
        return []
    return [
        variable
        for variable in variables(project)
        if variable.is_secret
        and (variable.has_default_value or (variable.value or "").lower() in WELL_KNOWN)
    ]


def problems(project: Project, known: Iterable[Variable]) -> list[Problem]:
    """One problem for each of `known`, with the way out that there is."""
    hint = (
        f"add `{{name}}=…` to `{project.env_file}`; `openssl rand -hex 24` makes a random one"
        if project.env_file.exists()
        else "`batten up --write-env` writes random ones to `.env`"
    )
    return [
        Problem(
            f"`{variable.name}` has a password that everybody knows",
            hint.format(name=variable.name),
            at=variable.at,
        )
        for variable in known
    ]


def write_env(project: Project, known: Iterable[Variable]) -> Path:
    """Write `.env` with a random value for each of `known`, readable by its owner alone.

    Values have 192 bits and are hexadecimal: safe in URLs and in every configuration language.
    An existing file is never touched: raise Refusal.
    """
    file = project.env_file
    lines = [f"# Random passwords, written by `batten up` on {date.today()}. Keep this file."]  # noqa: DTZ011
    lines += [f"{variable.name}={secrets.token_hex(24)}" for variable in known]
    draft = file.with_name(f".env.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write("\n".join(lines) + "\n")
        os.link(draft, file)  # unlike a rename, it fails where the file exists
    except FileExistsError:
        raise Refusal(
            f"`{file}` exists and is not overwritten", hint="add the missing variables to it"
        ) from None
    finally:
        draft.unlink()
    return file
