"""The part of Go's `text/template` that people write in `line_format` and `label_format`."""

from .nodes import TemplateError
from .parse import Template

__all__ = ["Template", "TemplateError"]
