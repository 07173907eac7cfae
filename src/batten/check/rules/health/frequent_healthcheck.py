"""Rule `frequent-healthcheck`."""

from collections.abc import Iterator

from batten.catalog.healthcheck import is_disabled, is_heavy
from batten.check import Finding, Service, Severity, rule

_OFTEN_S = 3.0
_OFTEN_HEAVY_S = 10.0


@rule(severity=Severity.ADVICE)
def frequent_healthcheck(service: Service) -> Iterator[Finding]:
    """A health check so frequent that the engine is kept busy with asking.

    Each check starts a process in the container: about 50 ms of CPU time in the engine alone were
    measured for a program that does nothing. Twenty services that are asked every second take a
    whole core. The tools of RabbitMQ, Kafka and Cassandra start a virtual machine of their own each
    time. To notice a start early, keep the interval and set `start_interval` (engine 25 and newer).

    Flagged:
        services:
          api:
            image: example/api:1
            healthcheck:
              test: curl -f http://127.0.0.1:8000/
              interval: 1s # <--
          queue:
            image: rabbitmq:4.3
            healthcheck:
              test: rabbitmq-diagnostics -q ping
              interval: 5s # <--

    Accepted:
        services:
          api:
            image: example/api:1
            healthcheck:
              test: curl -f http://127.0.0.1:8000/
              interval: 5s
          queue:
            image: rabbitmq:4.3
            healthcheck:
              test: rabbitmq-diagnostics -q ping
              interval: 30s
    """
    check = service.healthcheck
    if not check or not check.test or not check.interval or is_disabled(service):
        return
    heavy = is_heavy(check.test)
    if check.interval < (_OFTEN_HEAVY_S if heavy else _OFTEN_S):
        cost = "starts a virtual machine" if heavy else "starts a process"
        yield Finding(
            f"`{service.name}` is asked every {check.interval:g} s, and each check {cost}",
            at=service.at("healthcheck", "interval"),
            hint=f"set `interval: {'30s' if heavy else '10s'}`",
        )
