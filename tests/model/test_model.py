"""What the model says of itself."""

from pathlib import Path

import pytest

from batten.model import (
    Deploy,
    Duration,
    Host,
    Port,
    Position,
    Quantities,
    Resources,
    Service,
    Stack,
)
from batten.model.size import shown, size


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


@pytest.mark.parametrize(
    ("text", "amount"),
    [("512m", 512 << 20), ("2GB", 2 << 30), ("1.5GiB", 3 << 29), ("64", 64), ("1 g", 1 << 30)],
)
def test_a_size_is_bytes(text: str, amount: int) -> None:
    """Powers of 1024, whichever way they are written."""
    assert size(text) == amount


def test_a_bare_number_counts_in_the_programs_own_unit() -> None:
    """Memcached's `-m 64` is megabytes; what is no size is None, not zero."""
    assert size("64", unit="m") == 64 << 20
    assert size("lots") is None


@pytest.mark.parametrize(
    ("amount", "text"), [(512 << 20, "512 MB"), (3 << 29, "1.5 GB"), (2 << 30, "2 GB")]
)
def test_a_size_is_shown_without_noise(amount: int, text: str) -> None:
    """No digits that nobody asked for."""
    assert shown(amount) == text


def test_a_host_is_cores_and_memory() -> None:
    """`8cpu,16g`, with room for taste."""
    assert Host.parse("8cpu,16g") == Host(8, 16 << 30)
    assert Host.parse("2 cores, 4GB") == Host(2, 4 << 30)


@pytest.mark.parametrize("text", ["", "8", "8cpu", "cpu,g", "16g,8cpu"])
def test_half_a_host_is_refused(text: str) -> None:
    """A figure that cannot be read is never taken for none."""
    with pytest.raises(ValueError, match="is no host"):
        Host.parse(text)
