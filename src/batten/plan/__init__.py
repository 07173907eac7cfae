"""`batten plan`: who gets how much of a host, and whether it is enough."""

from batten.plan.figures import Figures
from batten.plan.fit import fit
from batten.plan.plan import Plan, plan, read
from batten.plan.problem import Problem
from batten.plan.share import Share
from batten.plan.variables import Variable, fixed, variables

__all__ = [
    "Figures",
    "Plan",
    "Problem",
    "Share",
    "Variable",
    "fit",
    "fixed",
    "plan",
    "read",
    "variables",
]
