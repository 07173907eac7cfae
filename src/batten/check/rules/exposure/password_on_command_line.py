"""Rule `password-on-command-line`."""

import itertools
from collections.abc import Iterator

from batten.catalog import commandline
from batten.check import Finding, Service, Severity, rule
from batten.check.password import in_address, is_password, is_password_name


@rule(severity=Severity.WARNING)
def password_on_command_line(service: Service) -> Iterator[Finding]:
    """A password among the words that a container is started with.

    The words of a process can be read by every user of the host (`ps`), by everything that collects
    processes for monitoring, and in `docker inspect`; it makes no difference whether a variable put
    it there. Programs take it from a file or their environment instead.

    Flagged:
        services:
          cache:
            image: redis:8
            command: redis-server --requirepass hunter2 # <--
          app:
            image: example/app:1
            command: # <--
              - serve
              - --db-password=hunter2

    Accepted:
        services:
          cache:
            image: redis:8
            command: redis-server /etc/redis/redis.conf
          app:
            image: example/app:1
            command:
              - serve
              - --db-password-file=/run/secrets/db
              - --token=/run/secrets/token
              - --require-password
              - --verbose
              - --token-lifetime=3600
              - --database=postgres://db/app
    """
    options = {secret.option for secret in service.software.secrets if secret.option}
    for option in dict.fromkeys(_options(service, options)):
        key = "entrypoint" if _has(service.entrypoint, option) else "command"
        yield Finding(
            f"the command of `{service.name}` has a password (`{option}`), which every user of the "
            "host can read",
            at=service.at(key),
            hint="give it in a file or in the environment of the container",
            secret=True,
        )


def _options(service: Service, known: set[str]) -> Iterator[str]:
    """Options with a password for a value, and the schemes of addresses with one inside."""
    words = commandline.words(service)
    for word, following in itertools.zip_longest(words, words[1:], fillvalue=""):
        name, equals, value = word.partition("=")
        given = value if equals else following
        plain = name.lstrip("-").replace("-", "_").replace(".", "_")
        if (
            name.startswith("--")
            and (name in known or is_password_name(plain))
            and given
            and not given.startswith("-")
            and is_password(given)
        ):
            yield name
        elif in_address(word):
            yield word[: word.index("://")].rpartition("=")[2] + "://"


def _has(words: tuple[str, ...] | None, option: str) -> bool:
    return any(option in word for word in words or ())
