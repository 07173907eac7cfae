"""What the model says of itself."""

from pathlib import Path

import pytest

from batten.model import Deploy, Duration, Port, Position, Quantities, Resources, Service, Stack


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5s", 5), ("1m30s", 90), ("2m0s", 120), ("1h0m0s", 3600), ("500ms", 0.5), ("1.5s", 1.5)],
)
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    """Go's notation becomes seconds."""
    assert Duration.parse(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "s", "5 s", "5x", "abc"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Nothing is guessed from half a duration."""
    with pytest.raises(ValueError, match="is no duration"):
        Duration.parse(text)


def test_a_position_reads_as_editors_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """File, line and column with colons, relative to where one stands."""
    monkeypatch.chdir("/usr")
    assert str(Position(Path("/usr/share/a.yml"), 3, 7)) == "share/a.yml:3:7"
    assert str(Position(Path("/etc/a.yml"))) == "/etc/a.yml"


def test_limits_are_found_in_both_of_their_places() -> None:
    """`deploy.resources` and the old top-level keys mean the same; the first wins."""
    old = Service(mem_limit=5, cpus=0.5, mem_reservation=3)
    both = Service(mem_limit=5, deploy=Deploy(resources=Resources(limits=Quantities(memory=7))))
    assert (old.memory_limit, old.cpu_limit, old.memory_reservation) == (5, 0.5, 3)
    assert both.memory_limit == 7


@pytest.mark.parametrize(("published", "number"), [("80", 80), (None, None), ("80-90", None)])
def test_a_port_has_a_number_when_one_is_asked_for(
    published: str | None, number: int | None
) -> None:
    """A range or a free port is no port number."""
    assert Port(80, published).number == number


def test_a_service_left_out_has_a_reason() -> None:
    """The reason is read from `x-batten`; names that are no service are ignored."""
    stack = Stack(
        "demo",
        {"grafana": Service(scale=0), "web": Service()},
        extensions={"left-out": {"grafana": "no package", "nobody": "?"}},
    )
    assert stack.left_out == {"grafana": "no package"}
    assert list(stack.running_services) == ["web"]
