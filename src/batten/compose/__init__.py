"""Compose files, read by Compose: one way in from the files a person names to a `Stack`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batten.compose.project import Project
    from batten.compose.reading import Reading, read
    from batten.compose.source import Sources
    from batten.compose.variable import Variable, variables

__all__ = ["Project", "Reading", "Sources", "Variable", "read", "variables"]

_HOMES = {
    "Project": "project",
    "Sources": "source",
    "Variable": "variable",
    "variables": "variable",
}


def __getattr__(name: str) -> object:
    """Import what is asked for: Compose itself is started before the rest (see process.py)."""
    import importlib

    if name not in __all__:
        raise AttributeError(name)
    module = importlib.import_module(f"batten.compose.{_HOMES.get(name, 'reading')}")
    found: object = getattr(module, name)
    globals()[name] = found
    return found
