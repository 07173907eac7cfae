"""Compose files, read by Compose: one way in from the files a person names to a `Stack`."""

from batten.compose.project import Project
from batten.compose.read import read
from batten.compose.source import Sources
from batten.compose.variable import Variable, variables

__all__ = ["Project", "Sources", "Variable", "read", "variables"]
