"""Scaling down, in proportion and not below the floors."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batten.check import Selection, Stack, examine
from batten.compose import Project
from batten.model import Host
from batten.plan import Figures, Plan, Share, fit, fixed, plan, read, variables

MIB = 1 << 20
GIB = 1 << 30
REFERENCE = Path(__file__).parents[2] / "docker"

MakeStack = Callable[..., Stack]

SHARES = st.lists(
    st.builds(
        lambda memory, floor, cpus, replicas: Share(
            service="",
            software="anything",
            replicas=replicas,
            figures=Figures(memory * MIB, memory * MIB // 2, cpus, cpus / 2),
            expected=memory * MIB // 2,
            is_by_settings=False,
            floor=min(floor, memory) * MIB,
        ),
        st.integers(1, 8192),
        st.integers(1, 1024),
        st.integers(5, 400).map(lambda hundredths: hundredths / 100),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=12,
)
HOSTS = st.builds(Host, st.integers(1, 32), st.integers(1, 64).map(lambda count: count * GIB))


@given(SHARES, HOSTS)
def test_it_fits_or_is_refused_and_nothing_between(shares: list[Share], host: Host) -> None:
    """Memory fits, nobody is under its floor or above what it had; refused exactly where floors are too much."""
    named = tuple(
        msgspec.structs.replace(one, service=str(number)) for number, one in enumerate(shares)
    )
    before = Plan(stack="any", host=host, shares=named)
    after = fit(before)
    too_much = sum(one.floor * one.replicas for one in named) > before.room.memory
    assert too_much == any("even the least" in problem.message for problem in after.problems)
    if too_much:
        assert named == after.shares
        return
    assert after.sums.memory <= after.room.memory
    for old, new in zip(named, after.shares, strict=True):
        assert old.floor <= new.figures.memory <= old.figures.memory
        assert new.figures.memory_reserved <= new.figures.memory
        assert new.figures.cpus_reserved <= new.figures.cpus <= host.cores


def test_a_stack_that_fits_stays_as_it_is(stack: MakeStack) -> None:
    """Nothing is scaled up, or rounded, where there is room."""
    found = plan(
        stack("services: {web: {image: x/web, mem_limit: 777m, cpus: 0.333}}"), Host(8, 16 * GIB)
    )
    assert found.shares == fit(found).shares


def test_scaling_is_in_proportion_down_to_the_floor(stack: MakeStack) -> None:
    """Two applications stay alike; Kafka keeps its 512 MB, and they give up what it does not."""
    text = """
services:
  a: {image: x/a, mem_limit: 2g}
  b: {image: x/b, mem_limit: 2g}
  kafka: {image: 'apache/kafka:4.1.0', mem_limit: 1g}
"""
    found = fit(plan(stack(text), Host(8, 2 * GIB)))
    figures = {share.service: share.figures.memory // MIB for share in found.shares}
    assert {"a": 512, "b": 512, "kafka": 512} == figures


def test_a_refusal_says_how_much_is_missing(stack: MakeStack) -> None:
    """What is needed, what there is, and who needs most."""
    text = "services: {es: {image: 'elasticsearch:8.19.0', mem_limit: 8g}}"
    after = fit(plan(stack(text), Host(2, GIB)))
    (problem,) = after.problems
    assert "512 MB are missing" in problem.message
    assert "`es` 1 GB" in problem.hint
    assert not after.fits


def test_settings_that_are_no_variables_are_a_floor(stack: MakeStack) -> None:
    """A buffer pool that is written as a number cannot follow the limit, so the limit stays."""
    text = """
services:
  db:
    image: mysql:8.4
    command: --innodb-buffer-pool-size=3G
    mem_limit: 6g
  web: {image: x/web, mem_limit: 6g}
"""
    after = fit(plan(stack(text), Host(8, 8 * GIB)))
    assert 3 * GIB < after.shares[0].figures.memory
    assert after.sums.memory <= after.room.memory


def test_what_has_no_variable_keeps_its_limit_while_others_make_room(stack: MakeStack) -> None:
    """Then the variables alone are enough; where the others cannot, all are scaled."""
    text = """
services:
  number: {image: x/number, mem_limit: 1g}
  variable: {image: x/variable, mem_limit: "${V:-2g}"}
"""
    one = stack(text)
    limits = [
        [
            share.figures.memory // MIB
            for share in fit(plan(one, Host(8, memory * MIB)), fixed(one)).shares
        ]
        for memory in (2560, 1280)
    ]
    assert [[1024, 1024], [256, 512]] == limits


VARIABLES = """
services:
  db:
    image: postgres:17
    command: >-
      postgres -c shared_buffers=${DB_BUFFERS:-512MB} -c max_connections=100
      -c work_mem=${DB_WORK_MEM:-5MB}
    deploy:
      resources:
        limits: {memory: "${DB_MEMORY:-2G}", cpus: "${DB_CPUS:-4}"}
        reservations: {memory: "${DB_RESERVED:-1G}", cpus: "${DB_KEPT:-2}"}
  cache:
    image: redis:8
    command: [redis-server, --maxmemory, "${CACHE_MAX:-512mb}", --save, ""]
    mem_limit: ${CACHE_MEMORY:-768m}
  plain: {image: x/plain, mem_limit: 1g}
"""


def test_variables_make_the_fitted_plan_true(stack: MakeStack) -> None:
    """With the printed lines in `.env`, the files say what the plan said."""
    host = Host(2, 3 * GIB)
    one = stack(VARIABLES)
    before = plan(one, host)
    after = fit(before)
    lines = variables(one, before, after)
    names = {line.name for line in lines}
    assert {"DB_MEMORY", "DB_CPUS", "DB_RESERVED", "DB_KEPT", "DB_BUFFERS", "CACHE_MAX"} <= names
    assert {"plain"} == fixed(one)
    again = plan(stack(VARIABLES, "\n".join(map(str, lines))), host)
    fitted, now = ({s.service: s.figures for s in p.shares} for p in (after, again))
    assert fitted["db"] == now["db"]
    assert fitted["cache"].memory == now["cache"].memory
    assert () == tuple(problem for problem in again.problems if "settings" in problem.message)


@pytest.mark.parametrize("host", [Host(4, 8 * GIB), Host(2, 4 * GIB), Host(1, 2 * GIB)])
def test_the_reference_stack_fits_where_its_figures_are_scaled(tmp_path: Path, host: Host) -> None:
    """Every figure and every setting is a variable: with them it fits, and no setting is too large."""
    project = Project.find(folder=REFERENCE, environ={})
    one = read(project)
    before = plan(one, host)
    after = fit(before)
    assert (False, True) == (before.fits, after.fits)
    assert frozenset() == fixed(one)
    env = tmp_path / "fitted.env"
    env.write_text("\n".join(map(str, variables(one, before, after))), encoding="utf-8")
    scaled = read(msgspec.structs.replace(project, env_files=(env,)))
    assert plan(scaled, host).fits, plan(scaled, host).problems
    asked = Selection(only=("settings-above-memory-limit",))
    assert () == examine(scaled, asked).findings


def test_the_reference_stack_fits_the_host_it_is_meant_for() -> None:
    """8 cores and 16 GB, as it stands."""
    host = Host(8, 16 * GIB)
    assert plan(read(Project.find(folder=REFERENCE, environ={})), host).fits
