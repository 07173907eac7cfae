"""Images that are built on the machine where they will run, without a registry."""

from batten.images.build import build_missing
from batten.images.recipe import Recipe, recipes, with_parents

__all__ = ["Recipe", "build_missing", "recipes", "with_parents"]
