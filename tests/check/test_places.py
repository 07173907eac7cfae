"""A finding points at the entry itself, in the file that decided."""

from collections.abc import Callable

import pytest

from batten.check import Stack
from batten.model import Position

MakeStack = Callable[..., Stack]
BASE = """\
services:
  a:
    image: x
    mem_limit: 1g
    ports:
      - "80:8080"
      - "8081:80"
      - target: 9090
        published: "90"
      - "127.0.0.1:5000:5000/udp"
    volumes:
      - data:/data
      - ./conf:/data/conf:ro
      - type: tmpfs
        target: /cache
    command:
      - server
      - --flag
volumes: {data: {}}
"""
OVERLAY = """\
services:
  a:
    ports: ["7000:7000"]
    deploy: {replicas: 2}
"""


def place(at: Position | None) -> tuple[str, int | None]:
    """File and line."""
    assert at
    return at.file.name, at.line


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (8080, ("0.yml", 6)),
        (80, ("0.yml", 7)),
        (9090, ("0.yml", 8)),
        (5000, ("0.yml", 10)),
        (7000, ("1.yml", 3)),
    ],
)
def test_a_port_is_found_by_its_target(
    stack: MakeStack, target: int, expected: tuple[str, int]
) -> None:
    """`80:8080` is not the entry of port 80."""
    service = stack(BASE, OVERLAY).services["a"]
    port = next(port for port in service.ports if port.target == target)
    assert expected == place(service.at_port(port))


@pytest.mark.parametrize(("target", "line"), [("/data", 12), ("/data/conf", 13), ("/cache", 14)])
def test_a_mount_is_found_by_its_target(stack: MakeStack, target: str, line: int) -> None:
    """A folder inside another's is its own entry."""
    service = stack(BASE).services["a"]
    mount = next(mount for mount in service.volumes if mount.target == target)
    assert ("0.yml", line) == place(service.at_mount(mount))


def test_the_first_place_that_is_written_wins(stack: MakeStack) -> None:
    """Compose has two places for a limit; the finding shows the one that was used."""
    service = stack(BASE, OVERLAY).services["a"]
    memory = service.at_first(("deploy", "resources", "limits", "memory"), ("mem_limit",))
    neither = service.at_first(("deploy", "resources", "limits", "pids"), ("pids_limit",))
    assert ("0.yml", 4) == place(memory)
    assert ("1.yml", 4) == place(neither)


def test_an_item_is_found_by_its_words(stack: MakeStack) -> None:
    """Where no entry has them, the list stands in."""
    service = stack(BASE).services["a"]
    assert ("0.yml", 18) == place(service.at_item("command", "--flag"))
    assert ("0.yml", 16) == place(service.at_item("command", "--other"))


def test_who_waits_is_known(stack: MakeStack) -> None:
    """With the condition that is waited for."""
    text = "services: {a: {image: x}, b: {image: y, depends_on: [a]}, c: {image: z}}"
    dependents = stack(text).services["a"].dependents
    assert {"b": "service_started"} == {name: one.condition for name, one in dependents.items()}
