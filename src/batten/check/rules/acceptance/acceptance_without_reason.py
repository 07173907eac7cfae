"""Rule `acceptance-without-reason`."""

from collections.abc import Iterator

from batten.check import Finding, Severity, Stack, rule


@rule(severity=Severity.WARNING)
def acceptance_without_reason(stack: Stack) -> Iterator[Finding]:
    """A finding that is accepted without a word about why.

    Whoever reads the file next year cannot tell a decision from an accident. Until there is a
    reason the acceptance counts for nothing, and the finding stays open.

    Flagged:
        services:
          agent:
            image: example/agent:1
            privileged: true # batten: accept privileged-container  # <--

    Accepted:
        services:
          agent:
            image: example/agent:1
            privileged: true # batten: accept privileged-container: reads the host's SMART data
    """
    for one in stack.acceptances:
        if not one.reason:
            yield Finding(
                f"`{one.rule}` is accepted without a reason",
                at=one.at,
                hint=f"say why: `{one.rule}: reason`",
                service=one.service,
            )
