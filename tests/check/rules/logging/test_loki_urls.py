"""Where a log goes."""

from collections.abc import Callable

from batten.check import Stack, every_rule

STACK = """\
services:
  web:
    image: example/web:1
    logging:
      driver: loki
      options:
        loki-url: http://{host}:3100/push
  logs:
    image: grafana/loki:3.7.8
    container_name: Store
    logging:
      driver: loki
      options:
        loki-url: http://me:word@{host}:3100/push
"""


def _found(stack: Stack, rule: str) -> list[str | None]:
    return [found.service for found in every_rule()[rule].find(stack)]


def test_a_container_is_no_name_either(stack: Callable[..., Stack]) -> None:
    """`container_name` is as unknown to the host as a service is."""
    assert ["logs", "web"] == _found(stack(STACK.format(host="store")), "service-name-in-loki-url")


def test_a_name_of_somebody_else_may_be_found(stack: Callable[..., Stack]) -> None:
    """`/etc/hosts` of the host may know it."""
    assert [] == _found(stack(STACK.format(host="loki")), "service-name-in-loki-url")


def test_a_password_in_the_url_is_not_quoted(stack: Callable[..., Stack]) -> None:
    """The line that is pointed at holds it."""
    first, second = every_rule()["service-name-in-loki-url"].find(stack(STACK.format(host="logs")))
    assert first.secret
    assert not second.secret
    assert "word" not in first.message


def test_an_address_is_taken_for_this_host(stack: Callable[..., Stack]) -> None:
    """`192.168.1.10` is as a rule the host's own; a machine with a name is another."""
    rule = "loki-logging-to-itself"
    assert ["logs"] == _found(stack(STACK.format(host="192.168.1.10")), rule)
    assert ["logs"] == _found(stack(STACK.format(host="host.docker.internal")), rule)
    assert [] == _found(stack(STACK.format(host="logs.example.com")), rule)
