"""`batten check`: what is wrong with a stack, where, why, and what to do about it."""

from batten.check.finding import Finding
from batten.check.rule import Rule, every_rule, rule
from batten.check.run import Report, check, examine
from batten.check.select import Selection
from batten.check.service import Service
from batten.check.severity import Severity
from batten.check.stack import Stack

__all__ = [
    "Finding",
    "Report",
    "Rule",
    "Selection",
    "Service",
    "Severity",
    "Stack",
    "check",
    "every_rule",
    "examine",
    "rule",
]
