"""Work that services leave for each other."""

import re

from batten.check.service import Service

# What variables are called that say where work is queued.
_VARIABLES = ("BROKER", "QUEUE", "JOBS")


def queue_in(service: Service) -> str | None:
    """The variable of another service that names this one as the place of a queue, if one does."""
    host = re.compile(rf"(?:^|[/@]){re.escape(service.name)}(?:[:/]|$)")
    for other in service.stack.services.values():
        for variable, value in other.environment.items():
            if (
                value
                and any(word in variable.upper() for word in _VARIABLES)
                and host.search(value)
            ):
                return f"`{variable}` of `{other.name}`"
    return None
