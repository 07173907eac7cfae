"""Where a stack's lines can be read."""

from typing import Any, cast

import pytest

from batten.engine import Container, Engine
from batten.errors import InputError
from batten.logs import NoPlace, Place, names, place
from batten.logs.logql import is_metric, of_request
from batten.logs.request import Request
from batten.model import Logging, Service, Stack


class StandInEngine:
    """It reaches what it is told to reach."""

    def __init__(self, address: str | None = "127.0.0.1:3100") -> None:
        self.address = address

    def reach(self, container: Container, port: int) -> str | None:
        """The address, of Loki's port alone."""
        assert ("running", 3100) == (container.state, port)
        return self.address


def container(image: str, state: str = "running", **more: Any) -> Container:  # noqa: ANN401
    """A container of the service `logs`."""
    return Container("1", "shop-logs-1", "shop", "logs", 1, image, state, **more)


def find(
    *containers: Container, stack: Stack | None = None, address: str | None = "127.0.0.1:3100"
) -> Place | NoPlace:
    """Where it is found."""
    return place.find(cast("Engine", StandInEngine(address)), stack, containers)


@pytest.mark.parametrize("image", ["grafana/loki:3.7.8", "batten/loki:0.1", "registry.io/loki"])
def test_a_service_that_is_loki(image: str) -> None:
    """By what the catalog knows of images, whatever the service is called."""
    assert Place("http://127.0.0.1:3100") == find(container(image))


def test_a_loki_that_does_not_run() -> None:
    """Which, and how it ended."""
    why = find(container("grafana/loki:3.7.8", "exited", exit_code=137))
    assert NoPlace("`logs` is not running (exited with 137)") == why


def test_a_loki_that_cannot_be_reached() -> None:
    """An engine on another machine, and a port of its loopback."""
    why = find(container("grafana/loki:3.7.8"), address=None)
    assert NoPlace("port 3100 of `logs` cannot be reached from here") == why


def test_no_loki_at_all() -> None:
    """Neither in the containers nor in the files."""
    assert NoPlace("the stack has no Loki") == find(container("example/web:1"))
    left_out = Stack(
        "shop", {"logs": Service("logs", image="grafana/loki:3")}, {}, {"left-out": {"logs": "why"}}
    )
    assert NoPlace("`logs` has no container (why)") == find(stack=left_out)


def test_the_loki_that_the_driver_sends_to() -> None:
    """Where it is none of the stack's services; its credentials and tenant go along."""
    options = {
        "loki-url": "https://me:hush@logs.example.com/x/loki/api/v1/push",
        "loki-tenant-id": "one",
    }
    stack = Stack("shop", {"web": Service("web", logging=Logging("loki", dict(options)))})
    assert Place("https://me:hush@logs.example.com/x", "one") == find(stack=stack)


def test_a_name_that_is_close() -> None:
    """Is offered; `-f` is no file here."""
    for name, said in (
        ("bakend", "did you mean `backend`?"),
        ("compose.yml", "`--file compose.yml`"),
        ("status", "put `status` first"),
        ("zzz", "it has backend, db"),
    ):
        with pytest.raises(InputError, match=f"`shop` has no service `{name}`") as caught:
            names.require(["db", name], ["db", "backend"], "shop")
        assert said in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ('{a="b"}', False),
        ('  ( {a="b"} |= "rate(" )', False),
        ('# rate\n{a="b"}', False),
        ('rate({a="b"}[5m])', True),
        ('sum by (a) (count_over_time({a="b"}[5m]))', True),
        ("1 + 1", True),
        ("", True),
    ],
)
def test_numbers_or_lines(query: str, *, numbers: bool) -> None:
    """A query for lines begins with its selector."""
    assert numbers is is_metric(query)


def test_the_query_of_a_request() -> None:
    """Text is quoted as Go quotes it; several services are an anchored pattern."""
    request = Request("shop", 0, ("a.b", "c"), grep='say "hi"\\\n\U0001f600\udc80')
    assert (
        '{compose_project="shop", compose_service=~"a\\\\.b|c"} |= "say \\"hi\\"\\\\\\n\U0001f600?"'
        == of_request(request)
    )
