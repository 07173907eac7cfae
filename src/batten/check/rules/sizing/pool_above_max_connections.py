"""Rule `pool-above-max-connections`."""

import re
from collections.abc import Iterator

from batten.catalog import Connections
from batten.check import Finding, Service, Severity, Stack, rule


@rule(severity=Severity.ERROR)
def pool_above_max_connections(stack: Stack) -> Iterator[Finding]:
    """Connection pools that together want more connections than the database accepts.

    The pooler then hands out errors (`too many clients already`) just when many clients come,
    which is what it was put there to prevent. PostgreSQL keeps 3 of its connections for
    superusers.

    Flagged:
        services:
          db:
            image: postgres:17
          pool:
            image: edoburu/pgbouncer:v1.25.2-p0
            depends_on: [db]
            environment:
              DB_HOST: db
              DEFAULT_POOL_SIZE: "200" # <--

    Accepted:
        services:
          db:
            image: postgres:17
            command: postgres -c max_connections=300
          pool:
            image: edoburu/pgbouncer:v1.25.2-p0
            depends_on: [db]
            environment:
              DB_HOST: db
              DEFAULT_POOL_SIZE: "200"
    """
    for database in stack.services.values():
        accepted = database.software.accepts(database)
        if accepted is None or database.software.has_config_file(database):
            continue
        pools = list(_pools(stack, database))
        wanted = sum(opened.amount for _, opened in pools)
        if wanted > accepted.amount - _RESERVED:
            pool, largest = max(pools, key=lambda one: one[1].amount)
            yield Finding(
                f"the pools of {', '.join(f'`{one.name}`' for one, _ in pools)} open {wanted} "
                f"connections, `{database.name}` accepts {accepted.amount - _RESERVED} "
                f"(`{accepted.told}` {accepted.amount} less {_RESERVED} for superusers)",
                at=pool.at(*largest.path),
                hint=f"lower `{largest.told}`, or raise `{accepted.told}` and the memory for it",
                service=pool.name,
            )


_RESERVED = 3


def _pools(stack: Stack, database: Service) -> Iterator[tuple[Service, Connections]]:
    """The poolers that name a database among their variables or wait for it."""
    for service in stack.services.values():
        opened = service.software.opens(service)
        if opened is None or service.software.has_config_file(service):
            continue
        names = " ".join(value or "" for value in service.environment.values())
        named = re.search(rf"(?<![\w.-]){re.escape(database.name)}(?![\w.-])", names)
        if database.name in service.depends_on or named:
            yield service, opened
