"""What the rules on health have in common."""

import json

from batten.check.service import Service


def waiting(service: Service) -> list[str]:
    """The services that do not start until this one is healthy."""
    return [
        name
        for name, dependency in service.dependents.items()
        if dependency.condition == "service_healthy" and dependency.required
    ]


def suggestion(service: Service) -> str:
    """What to write: a check that the image can run, where one is known."""
    test = service.software.health(service)
    if test is None:
        return "add a `healthcheck` with a `test` that asks it something it answers when it works"
    return f"add `healthcheck: {{test: {json.dumps(test)}}}`"
