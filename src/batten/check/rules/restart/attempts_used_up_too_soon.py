"""Rule `attempts-used-up-too-soon`."""

from collections.abc import Iterator

from batten.catalog import Kind, Language
from batten.check import Finding, Service, Severity, rule

# How long a try is taken to last until it fails: a program that finds no database ends within
# about a second or two, a Java one takes that long to get there.
_TRY_S = 2.0
_JAVA_TRY_S = 15.0


@rule(severity=Severity.WARNING)
def attempts_used_up_too_soon(service: Service) -> Iterator[Finding]:
    """A restart bound that is used up before what the service needs is there.

    After a reboot the engine starts everything at once: `depends_on` counts for `docker compose
    up` only. An application that ends when it finds no database is then started again after 0.1,
    0.2, 0.4 s and so on: five attempts wait 3.1 s in all (measured: four starts in 1.4 s), while
    a database that recovers after a crash takes ten times as long. After that it is down for
    good, and looks as if its policy had failed. Ten attempts wait 102 s.

    Flagged:
        services:
          web:
            image: example/web:1
            depends_on: [db]
            deploy:
              restart_policy:
                condition: on-failure
                max_attempts: 5 # <--
          worker:
            image: example/worker:1
            restart: on-failure:3 # <--
            depends_on: [db]
          db:
            image: postgres:17
            restart: always

    Accepted:
        services:
          web:
            image: example/web:1
            depends_on: [db]
            deploy: {restart_policy: {condition: on-failure, max_attempts: 10}}
          worker:
            image: example/worker:1
            restart: on-failure
            depends_on: [db]
          db:
            image: postgres:17
            restart: always
    """
    restart = service.restarting
    if (
        service.software.kind is not Kind.APPLICATION
        or service.is_job
        or restart.name != "on-failure"
    ):
        return
    others = service.stack.services
    waited = [others[name] for name in service.depends_on if name in others]
    needed = [one for one in waited if one.software.kind is not Kind.APPLICATION]
    slowest = max(needed, key=lambda one: one.software.start_s, default=None)
    tries = (restart.attempts + 1) * (
        _JAVA_TRY_S if service.software.language is Language.JVM else _TRY_S
    )
    if slowest and restart.waits_s + tries < slowest.software.start_s:
        yield Finding(
            f"`{service.name}` may be given up after a reboot before `{slowest.name}` is there: "
            f"its {restart.attempts} restarts wait {restart.waits_s:.1f} s in all, "
            f"{slowest.software.title} may take {slowest.software.start_s} s",
            at=service.at_first(("deploy", "restart_policy", "max_attempts"), ("restart",)),
            hint="allow 10 attempts, which wait 102 s, or leave the bound out",
        )
