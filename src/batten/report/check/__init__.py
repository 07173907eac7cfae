"""A check's report, in the form that its reader wants: one renderer a file."""

import importlib

from batten.check import Report

FORMATS = ("text", "json", "sarif", "junit", "github")


def render(report: Report, form: str) -> str:
    """The report in one of FORMATS, with the newline that ends it."""
    module = importlib.import_module(f"batten.report.check.{form}")
    text: str = module.render(report)
    return text
