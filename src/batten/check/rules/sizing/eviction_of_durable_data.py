"""Rule `eviction-of-durable-data`."""

from collections.abc import Iterator

from batten.check import Finding, Severity, Stack, rule
from batten.check.queue import queue_in


@rule(severity=Severity.WARNING)
def eviction_of_durable_data(stack: Stack) -> Iterator[Finding]:
    """A Redis that throws away what it was asked to keep.

    An `allkeys-` policy drops any key when `maxmemory` is reached: right for a cache, silent loss
    for sessions, counters and queued jobs. It contradicts `--appendonly yes`, which writes each
    change to disk, and a queue that other services keep in it. With `noeviction` a full Redis
    refuses writes, which somebody notices; `volatile-lru` drops only keys that have a time to
    live.

    Flagged:
        services:
          store:
            image: redis:7
            command:
              - redis-server
              - --appendonly
              - "yes"
              - --maxmemory-policy # <--
              - allkeys-lru
          broker:
            image: redis:7
            command: redis-server --maxmemory-policy allkeys-lfu # <--
          worker:
            image: example/worker:1
            environment:
              CELERY_BROKER_URL: redis://broker:6379/0

    Accepted:
        services:
          cache:
            image: redis:7
            command: redis-server --maxmemory 100mb --maxmemory-policy allkeys-lru
            volumes: [cache:/data]
          store:
            image: redis:7
            command: redis-server --appendonly yes --maxmemory-policy volatile-lru
          broker:
            image: redis:7
            command: redis-server --maxmemory-policy noeviction
          worker:
            image: example/worker:1
            environment:
              CACHE_URL: redis://cache:6379/0
              CELERY_BROKER_URL: redis://broker:6379/0
        volumes:
          cache:
    """
    for service in stack.services.values():
        policy = service.software.evicts(service)
        if not policy:
            continue
        queue = queue_in(service)
        if queue or service.software.keeps(service):
            why = f"{queue} keeps a queue in it" if queue else "it writes to disk"
            yield Finding(
                f"`{service.name}` drops any key when it is full (`{policy}`), and {why}",
                at=service.at_item("command", "--maxmemory-policy"),
                hint="set `--maxmemory-policy noeviction`, or turn off what keeps it where it is "
                "a cache",
                service=service.name,
            )
