"""Rule `acceptance-of-unknown-rule`."""

import difflib
from collections.abc import Iterator

from batten.check import Finding, Severity, Stack, every_rule, rule


@rule(severity=Severity.WARNING)
def acceptance_of_unknown_rule(stack: Stack) -> Iterator[Finding]:
    """An acceptance that names a rule which does not exist.

    A misspelt name accepts nothing; what it was meant for stays open.

    Flagged:
        x-batten:
          accept:
            privileged-containers: the agent reads the host's SMART data # <--
        services:
          agent:
            image: example/agent:1

    Accepted:
        x-batten:
          accept:
            privileged-container: the agent reads the host's SMART data
        services:
          agent:
            image: example/agent:1
    """
    known = list(every_rule())
    for one in stack.acceptances:
        if one.rule not in known:
            close = difflib.get_close_matches(one.rule, known, n=1)
            yield Finding(
                f"there is no rule `{one.rule}`",
                at=one.at,
                hint=f"did you mean `{close[0]}`?" if close else "`batten check --list` shows them",
                service=one.service,
            )
