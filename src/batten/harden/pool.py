"""Connection pools that together stay inside what their database accepts."""

from collections.abc import Iterator

from batten.check import Service
from batten.harden.words import figure

# For superusers, the exporter, backups and a person.
_SPARE = 10


def capped(service: Service) -> Iterator[str]:
    """The line of `environment` that caps a pooler, where its database would refuse it."""
    opened = service.software.opens(service)
    if opened is None or opened.cap is None or service.software.has_config_file(service):
        return
    for database in service.stack.services.values():
        accepted = database.software.accepts(database)
        if accepted is None or database.software.has_config_file(database):
            continue
        pools = [other for other in service.stack.services.values() if _opens(other, database)]
        room = accepted.amount - _SPARE
        if service in pools and sum(_opens(other, database) for other in pools) > room > 0:
            most = max(1, room // len(pools) // service.replicas)
            value = figure(service.name, "max db connections", str(most))
            yield f"      {opened.cap}: {value} # of the {accepted.amount} that `{database.name}` accepts\n"


def _opens(other: Service, database: Service) -> int:
    """How many connections to the database it opens, 0 where it has nothing to do with it."""
    opened = other.software.opens(other)
    named = " ".join(value or "" for value in other.environment.values())
    is_one = opened and (database.name in other.depends_on or database.name in named)
    return opened.amount if opened and is_one else 0
