"""Rule `default-password`."""

from collections.abc import Iterator

from batten.catalog import Kind
from batten.check import Finding, Service, Severity, Stack, rule
from batten.check.password import Password, passwords

_Use = tuple[Service, Password]


@rule(severity=Severity.WARNING)
def default_password(stack: Stack) -> Iterator[Finding]:
    """A password that is the default of its variable, because nobody has set one.

    `${NAME:-default}` is pleasant for development and silent in production: where the variable is
    forgotten, or misspelt in `.env`, the stack starts with the password that everybody can read in
    the file. Only defaults that are in effect are found, so it is quiet where the real `.env` is;
    a variable is found once, at the service that asks for the password.

    Flagged:
        services:
          db:
            image: postgres:17
            environment:
              POSTGRES_PASSWORD: ${DEMO_UNSET_PASSWORD:-development} # <--
          app:
            image: example/app:1
            environment:
              DB_PASSWORD: ${DEMO_UNSET_PASSWORD:-development}
              API_URL: https://${DEMO_USER:-app}:${DEMO_UNSET_TOKEN:-development}@example.org # <--

    Accepted:
        services:
          db:
            image: postgres:17
            environment:
              POSTGRES_USER: ${DEMO_USER:-app}
              POSTGRES_PASSWORD: ${DEMO_UNSET_PASSWORD-}
              POSTGRES_DB: ${DEMO_DB:-app}
          app:
            image: example/app:1
            environment:
              DATABASE_URL: postgres://${DEMO_USER:-app}@db/app
              API_PASSWORD: ${PATH:-development}
              TOKEN_FILE: ${DEMO_TOKEN:-/run/secrets/token}
    """
    uses: dict[str, list[_Use]] = {}
    for service in stack.services.values():
        for password in passwords(service):
            if password.variable:
                uses.setdefault(password.variable, []).append((service, password))
    for variable, found in uses.items():
        yield _finding(variable, sorted(found, key=_order))


def _order(use: _Use) -> tuple[bool, str, int]:
    """What asks for the password comes before what is told it."""
    service, password = use
    told = service.software.kind in {Kind.APPLICATION, Kind.EXPORTER, Kind.POOLER}
    return (told, str(password.at.file), password.at.line or 0)


def _finding(variable: str, uses: list[_Use]) -> Finding:
    service, password = uses[0]
    others = len({one.name for one, _ in uses}) - 1
    more = "" if not others else " and another service" if others == 1 else f" and {others} others"
    return Finding(
        f"`{variable}` is not set: `{service.name}`{more} "
        f"{'have' if others else 'has'} the password that stands in this file",
        at=password.at,
        hint=f"set `{variable}` in the environment or in `.env`, or write `${{{variable}:?}}`, "
        "which does not start without it",
        service=service.name,
        secret=True,
    )
