"""Rule `no-maxmemory`."""

from collections.abc import Iterator

from batten.catalog import Kind
from batten.check import Finding, Service, Severity, rule
from batten.check.demand import demand, told_elsewhere
from batten.model.size import shown


@rule(severity=Severity.WARNING)
def no_maxmemory(service: Service) -> Iterator[Finding]:
    """A cache that does not know how much memory it has.

    Redis does not read its container's limit: without `maxmemory` it grows until the kernel kills
    it, and starts again empty, or with its last save. With it, it evicts or refuses writes, as it
    was told. A cache whose settings are in a file is left alone.

    Flagged:
        services:
          cache:
            image: redis:7
            mem_limit: 512m # <--

    Accepted:
        services:
          cache:
            image: redis:7
            command: redis-server --maxmemory 340mb --maxmemory-policy allkeys-lru
            mem_limit: 512m
          configured:
            image: redis:7
            command: redis-server /etc/redis/redis.conf
            mem_limit: 512m
          told:
            image: redis/redis-stack:7.4.0-v8
            environment:
              REDIS_ARGS: --maxmemory 340mb
            mem_limit: 512m
          items: # 64 MB unless it is told
            image: memcached:1
            mem_limit: 128m
    """
    software, limit = service.software, service.memory_limit
    if software.kind is not Kind.CACHE or not limit or software.has_config_file(service):
        return
    if demand(service) or told_elsewhere(service, "maxmemory"):
        return
    for setting in software.settings(service, limit):
        if setting.name != "--maxmemory":
            continue
        yield Finding(
            f"`{service.name}` has {shown(limit)} and no `maxmemory`: the kernel kills it when it "
            "is full",
            at=service.at_first(
                ("command",), ("deploy", "resources", "limits", "memory"), ("mem_limit",)
            ),
            hint=f"add `{' '.join(setting.words)}` to its command, and the policy that is right",
        )
