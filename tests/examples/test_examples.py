"""What Batten says about the examples, compared with what it said before.

Run as a program it writes the expected results anew (`make examples`).
"""

import functools
import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from batten.check import Report, Severity, Stack, check, examine
from batten.compose import Project, source
from batten.harden import Plan, harden
from batten.model import Host
from batten.plan import fit, fixed, plan, read, variables
from batten.report.plan import Answer, lines

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(page.parent for page in EXAMPLES.glob("*/README.md"))
HOST = Host(8, 16 << 30)
SMALL = Host(4, 8 << 30)
OVERLAY = "compose.prod.yaml"

each = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def project(folder: Path) -> Project:
    """The files that Batten takes in that folder."""
    return Project.find(folder=folder, environ={})


def findings(folder: Path) -> str:
    """What `batten check` finds: severity, rule, place and service, one finding a line."""
    return "".join(f"{line}\n" for line in _findings(check(project(folder), HOST), folder))


def _findings(report: Report, folder: Path) -> Iterator[str]:
    for found in report.findings:
        assert found.at, found
        where = f"{found.at.file.relative_to(folder)}:{found.at.line}"
        word = found.severity if found.accepted is None else "accepted"
        yield " ".join(part for part in (word, found.rule, where, found.service) if part)


@functools.cache
def overlay(folder: Path) -> str:
    """What `batten harden` writes where there is no overlay yet."""
    return harden(Plan(project(folder), folder / OVERLAY)).files[0].after


@functools.cache
def hardened(folder: Path) -> Stack:
    """Base and overlay together."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / OVERLAY
        file.write_text(overlay(folder), encoding="utf-8")
        stack = read(project(folder).with_files(file))
        # Read while the file is there.
        stack.at("services")
        source.lines(file)
    return stack


def planned(stack: Stack, host: Host = HOST, *, fitted: bool = False) -> str:
    """What `batten plan` prints into a pipe."""
    before = plan(stack, host)
    answer = Answer(before)
    if fitted:
        after = fit(before, fixed(stack))
        answer = Answer(after, before, variables(stack, before, after), fixed(stack))
    console = Console(file=io.StringIO(), width=10_000)
    return "".join(f"{line.plain.rstrip()}\n" for line in lines(answer, console))


RESULTS: dict[str, Callable[[Path], str]] = {
    "findings.txt": findings,
    OVERLAY: overlay,
    "plan.txt": lambda folder: planned(read(project(folder))),
    "plan-fitted.txt": lambda folder: planned(hardened(folder), SMALL, fitted=True),
}


@each
@pytest.mark.parametrize("name", RESULTS)
def test_an_example_gives_what_it_gave(folder: Path, name: str) -> None:
    """Findings, overlay and plans are those in `expected/`; `make examples` writes them anew."""
    text = (folder / "expected" / name).read_text(encoding="utf-8")
    assert text == RESULTS[name](folder)


@each
def test_no_error_is_left_when_it_is_hardened(folder: Path) -> None:
    """`check` of base and overlay together finds no error that nobody has accepted."""
    left = [found for found in examine(hardened(folder)).open if found.severity is Severity.ERROR]
    assert [] == [f"{found.rule}: {found.message}" for found in left]


@each
def test_a_figure_with_a_star_is_what_harden_writes(folder: Path) -> None:
    """The plan of a base says beforehand which limits its overlay will have."""
    before = plan(read(project(folder)), HOST).shares
    after = {one.service: one.figures for one in plan(hardened(folder), HOST).shares}
    promised = {
        (one.service, name): getattr(one.figures, name)
        for one in before
        for name in {"memory", "cpus"} & set(one.defaults)
    }
    assert promised == {
        (service, name): getattr(after[service], name) for service, name in promised
    }


@each
def test_a_smaller_host_needs_no_edit(folder: Path, tmp_path: Path) -> None:
    """With the printed variables the hardened stack fits a host that it was too large for."""
    stack = hardened(folder)
    host = Host(64, int(plan(stack, HOST).sums.memory * 0.8 * 8 / 7) + (1 << 20))
    before = plan(stack, host)
    after = fit(before, fixed(stack))
    assert (False, True) == (before.fits, after.fits)
    (tmp_path / OVERLAY).write_text(overlay(folder), encoding="utf-8")
    env = tmp_path / "fitted.env"
    env.write_text("\n".join(map(str, variables(stack, before, after))), encoding="utf-8")
    named = tuple(file for file in (folder / ".env", env) if file.is_file())
    again = msgspec.structs.replace(project(folder), env_files=named)
    assert plan(read(again.with_files(tmp_path / OVERLAY)), host).fits


@each
def test_an_example_has_the_defects_that_people_have(folder: Path) -> None:
    """As it stands, each has errors: else it would show nothing."""
    assert check(project(folder)).counts[Severity.ERROR]


@each
def test_the_list_leads_to_it(folder: Path) -> None:
    """The page of all examples names it."""
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"]({folder.name}/README.md)" in page


def test_there_are_at_least_eight_and_one_of_fifty_services() -> None:
    """Many kinds of stacks, and a large one."""
    sizes = [len(read(project(folder)).services) for folder in FOLDERS]
    assert len(sizes) >= 8
    assert max(sizes) > 50


def write() -> None:
    """Write every result of every example."""
    for folder in FOLDERS:
        for name, make in RESULTS.items():
            file = folder / "expected" / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(make(folder), encoding="utf-8")


if __name__ == "__main__":
    write()
