"""The docs know every command and every option."""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batten.cli import log_driver
from batten.cli.main import COMMANDS

if TYPE_CHECKING:
    import click

DOCS = Path(__file__).parents[2] / "docs"


def options() -> list[tuple[str, str]]:
    """Every command with each of its options' names."""
    commands: list[tuple[str, click.Command]] = [
        (verb, importlib.import_module(f"batten.cli.{verb}").command) for verb in COMMANDS
    ]
    commands += [("logs", command) for command in log_driver.COMMANDS.values()]
    return [
        (verb, name)
        for verb, command in commands
        for param in command.params
        for name in param.opts
        if name[0] == "-"
    ]


@pytest.mark.parametrize(("verb", "option"), options())
def test_an_option_is_documented(verb: str, option: str) -> None:
    """Its page names it, in code."""
    assert f"`{option}" in (DOCS / f"{verb}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", COMMANDS)
def test_the_readme_leads_to_every_page(verb: str) -> None:
    """Nobody has to guess where a command is explained."""
    assert f"docs/{verb}.md" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
