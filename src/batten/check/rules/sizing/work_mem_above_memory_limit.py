"""Rule `work-mem-above-memory-limit`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.check.demand import demand, fitting, place
from batten.model.size import shown


@rule(severity=Severity.WARNING)
def work_mem_above_memory_limit(service: Service) -> Iterator[Finding]:
    """A database whose connections together may use more memory than its container has.

    Each connection may take `work_mem` for each sort or hash of its query, beside the shared
    buffers and the shared memory of parallel queries. It adds up only when all are busy: on the
    busiest day the kernel then kills one of its processes, and PostgreSQL restarts all of them,
    with every session lost. PostgreSQL's own defaults are left alone.

    Flagged:
        services:
          db:
            image: postgres:17
            command:
              - postgres
              - -c
              - shared_buffers=1GB
              - -c
              - max_connections=300 # <--
            mem_limit: 2g
          reports:
            image: postgres:17
            command:
              - postgres
              - -c
              - work_mem=64MB # <--
            mem_limit: 2g

    Accepted:
        services:
          db:
            image: postgres:17
            command: postgres -c shared_buffers=512MB -c max_connections=100
            mem_limit: 2g
          small:
            image: postgres:17
            mem_limit: 256m
          configured: # in a file, of which nobody knows the rest
            image: postgres:17
            command: postgres -c config_file=/etc/postgresql.conf -c shared_buffers=1GB
            mem_limit: 1100m
    """
    limit, wanted = service.memory_limit, demand(service)
    if not limit or not wanted or wanted.amount <= limit or wanted.certain >= limit:
        return
    if service.software.has_config_file(service) or not any(part.told for part in wanted.parts):
        return
    uncertain = [part for part in wanted.parts if not part.certain]
    if uncertain:
        yield Finding(
            f"`{service.name}` may use {wanted.words}; its limit is {shown(limit)}",
            at=place(service, uncertain if any(part.told for part in uncertain) else wanted.parts),
            hint=f"{wanted.why}{fitting(service, limit)}",
        )
