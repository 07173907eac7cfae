"""What a plan says about a stack and a host."""

from collections.abc import Callable

import pytest

from batten.check import Stack
from batten.model import Host
from batten.plan import Figures, Plan, plan

MIB = 1 << 20
GIB = 1 << 30
BIG = Host(8, 16 * GIB)

MakeStack = Callable[..., Stack]


def planned(stack: Stack, host: Host = BIG) -> Plan:
    """The plan for a host with 8 cores and 16 GiB."""
    return plan(stack, host)


def test_written_figures_count_in_either_notation(stack: MakeStack) -> None:
    """`deploy.resources` and `mem_limit` are the same to a plan, and neither is a default."""
    found = planned(
        stack("""
services:
  new:
    image: redis:8
    deploy:
      resources:
        limits: {memory: 1G, cpus: "1.5"}
        reservations: {memory: 512M, cpus: "0.5"}
  old: {image: redis:8, mem_limit: 1g, mem_reservation: 512m, cpus: 1.5}
""")
    )
    new, old = found.shares
    assert Figures(GIB, 512 * MIB, 1.5, 0.5) == new.figures == old.figures
    assert ((), ("cpus_reserved",)) == (new.defaults, old.defaults)


def test_what_is_not_written_is_that_of_the_software(stack: MakeStack) -> None:
    """A bare Postgres gets the figures of a database, marked as defaults."""
    (share,) = planned(stack("services: {db: {image: 'postgres:17'}}")).shares
    assert Figures(2 * GIB, GIB, 2.0, 1.0) == share.figures
    assert Figures.__struct_fields__ == share.defaults


def test_a_default_is_no_smaller_than_the_settings_ask_for(stack: MakeStack) -> None:
    """A heap of 4 GB is not planned into 2 GB."""
    (share,) = planned(
        stack("""
services:
  search: {image: 'elasticsearch:8.19.0', environment: {ES_JAVA_OPTS: '-Xms4g -Xmx4g'}}
""")
    ).shares
    assert 8 * GIB == share.figures.memory
    assert 4 * GIB == share.expected


def test_every_replica_counts(stack: MakeStack) -> None:
    """Four workers of 1 GiB are 4 GiB."""
    found = planned(stack("services: {w: {image: x/w, mem_limit: 1g, scale: 4}}"))
    assert 4 * GIB == found.sums.memory


def test_what_others_wait_to_end_is_not_in_the_sum(stack: MakeStack) -> None:
    """A migration's memory is free again when the application runs."""
    found = planned(
        stack("""
services:
  migrate: {image: x/app, mem_limit: 1g}
  app:
    image: x/app
    mem_limit: 1g
    depends_on: {migrate: {condition: service_completed_successfully}}
""")
    )
    assert GIB == found.sums.memory
    assert any("`migrate`" in note for note in found.notes)


def test_what_is_left_out_gets_nothing(stack: MakeStack) -> None:
    """A service without a container here has no share."""
    found = planned(
        stack("""
x-batten: {left-out: {b: replaced by a}}
services: {a: {image: x/a}, b: {image: x/b}, c: {image: x/c, scale: 0}}
""")
    )
    assert ["a"] == [share.service for share in found.shares]


@pytest.mark.parametrize(
    ("text", "host", "words"),
    [
        ("mem_limit: 15g", BIG, "1 GB too much"),
        ("mem_limit: 1g, cpus: 9", BIG, "9 cores, and the host has 8"),
        (
            "deploy: {resources: {limits: {memory: 1G}, reservations: {memory: 2G}}}",
            BIG,
            "reserves 2 GB, and its limit is 1 GB",
        ),
        (
            "mem_limit: 1g, deploy: {resources: {limits: {memory: 1G}, reservations: {cpus: '1'}}}",
            Host(1, 16 * GIB),
            "of the host's 1 there are 0.88",
        ),
        ("mem_limit: 1g, environment: {GOMEMLIMIT: 2GiB}", BIG, "GOMEMLIMIT 2 GB"),
    ],
)
def test_what_does_not_fit_is_said_with_figures(
    stack: MakeStack, text: str, host: Host, words: str
) -> None:
    """One problem each, and none on a stack without that defect."""
    found = planned(stack(f"services: {{web: {{image: 'golang:1.25', {text}}}}}"), host)
    assert [True] == [words in problem.message for problem in found.problems], found.problems
    assert not found.fits


def test_an_eighth_is_kept_for_the_system_and_512_mib_at_least(stack: MakeStack) -> None:
    """A large host keeps a share of it, a small one enough for the engine."""
    one = stack("services: {web: {image: x/web, mem_limit: 64m}}")
    kept = [host.memory - plan(one, host).room.memory for host in (BIG, Host(1, GIB))]
    assert [2 * GIB, 512 * MIB] == kept


def test_a_plan_without_a_problem_fits(stack: MakeStack) -> None:
    """Fourteen of sixteen are the stack's to use, to the byte."""
    found = planned(stack("services: {web: {image: x/web, mem_limit: 14g, cpus: 8}}"))
    assert (True, ()) == (found.fits, found.problems)
