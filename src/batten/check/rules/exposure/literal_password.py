"""Rule `literal-password`."""

from collections.abc import Iterator

from batten.check import Finding, Service, Severity, rule
from batten.check.password import passwords


@rule(severity=Severity.WARNING)
def literal_password(service: Service) -> Iterator[Finding]:
    """A password that stands in a Compose file.

    The file is in version control and on every developer's machine: whoever has read it once knows
    the password of production, and changing it means changing the file everywhere. A variable
    takes it from the environment or from `.env`; `${NAME:?}` makes Compose refuse to start without
    it; a `*_FILE` variable with a secret keeps it out of `docker inspect` too.

    Flagged:
        services:
          db:
            image: postgres:17
            environment:
              POSTGRES_PASSWORD: hunter2 # <--
          app:
            image: example/app:1
            environment:
              - SMTP_PASS=hunter2 # <--
              - DATABASE_URL=postgres://app:hunter2@db/app # <--

    Accepted:
        services:
          db:
            image: postgres:17
            environment:
              POSTGRES_PASSWORD_FILE: /run/secrets/db
          app:
            image: example/app:1
            environment:
              DB_PASSWORD:
              SMTP_PASS: ${SMTP_PASS-}
              JWT_SECRET: ${JWT_SECRET:-}
              API_TOKEN: /run/secrets/token
              SHELL_PASSWORD: $$FROM_THE_CONTAINER
              DATABASE_URL: postgres://app@db/app
              ALLOW_EMPTY_PASSWORD: "yes"
              MYSQL_RANDOM_ROOT_PASSWORD: "1"
              PASSWORD_MIN_LENGTH: "12"
              TOKEN_LIFETIME: "3600"
              VITE_API_KEY: shown-to-every-browser
    """
    for password in passwords(service):
        if password.is_literal:
            yield Finding(
                f"the password in `{password.name}` of `{service.name}` can be read in this file",
                at=password.at,
                hint=f"take it from outside: `${{{password.name}:?}}`, or a `*_FILE` variable "
                "with a secret",
                secret=True,
            )
