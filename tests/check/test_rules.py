"""Every rule does what its page says: its own snippets are the tests."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from batten import check, compose
from batten.check import Finding, Rule, Stack, every_rule
from batten.check.page import Page, Snippet
from batten.compose import Project, Sources

RULES = list(every_rule().values())
FOLDER = Path(check.__file__).parent / "rules"
# A rule's name completes the sentence "allow …".
_COMMANDS = re.compile(r"(dont|do-not|no-?t|must|should|avoid|use|set|add|missing|require|check)-")
_CODE = re.compile(r"[a-z]+\d{2,}")

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


class Read(msgspec.Struct):
    """A snippet, where it was written, and what its rule said about it."""

    snippet: Snippet
    folder: Path
    findings: list[Finding]


@pytest.fixture(scope="session")
def snippets(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Read]:
    """All snippets, read by Compose: in threads, since each read waits for a process."""
    folder = tmp_path_factory.mktemp("snippets")
    jobs = [
        (rule, kind, getattr(Page.of(rule), kind))
        for rule in RULES
        for kind in ("flagged", "accepted")
    ]
    with ThreadPoolExecutor() as pool:
        found = pool.map(
            lambda job: _read(folder / f"{job[0].name}-{job[1]}", job[0], job[2]), jobs
        )
    return {(rule.name, kind): read for (rule, kind, _), read in zip(jobs, found, strict=True)}


def _read(folder: Path, rule: Rule, snippet: Snippet) -> Read:
    folder.mkdir()
    paths = [folder / f"{number}.yml" for number in range(len(snippet.files))]
    for path, text in zip(paths, snippet.files, strict=True):
        path.write_text(text)
    project = Project.find(paths, name="demo", folder=folder)
    stack = Stack(compose.read(project), Sources(project.files), snippet.host)
    return Read(snippet, folder, list(rule.find(stack)))


def _places(read: Read) -> Iterator[tuple[int, int]]:
    for found in read.findings:
        assert found.at, f"`{found.message}` has no place"
        yield int(found.at.file.stem), found.at.line or 0


@each_rule
def test_what_is_flagged_is_found_where_it_stands(
    rule: Rule, snippets: dict[tuple[str, str], Read]
) -> None:
    """Exactly the marked lines are found, in the file that decided."""
    read = snippets[rule.name, "flagged"]
    assert read.snippet.marks, "mark the flagged lines with `# <--`"
    assert sorted(read.snippet.marks) == sorted(_places(read))


@each_rule
def test_what_is_accepted_is_left_alone(rule: Rule, snippets: dict[tuple[str, str], Read]) -> None:
    """The snippet that shows how to do it well raises no alarm."""
    assert [] == [found.message for found in snippets[rule.name, "accepted"].findings]


@each_rule
def test_words_are_in_the_houses_style(rule: Rule, snippets: dict[tuple[str, str], Read]) -> None:
    """One sentence without a full stop; the hint says what to do; both on one line."""
    for found in snippets[rule.name, "flagged"].findings:
        for text in (found.message, found.hint):
            assert text == text.strip().rstrip(".")
            assert text
            assert "\n" not in text
        assert found.hint[0] == found.hint[0].lower()


@each_rule
def test_a_rule_has_one_identity(rule: Rule) -> None:
    """Function, file and rule carry one name, and its folder is its group."""
    file = FOLDER / rule.group / f"{rule.name.replace('-', '_')}.py"
    assert file.is_file()
    assert rule.function.__name__ == file.stem
    assert rule.function.__module__ == f"batten.check.rules.{rule.group}.{file.stem}"


@each_rule
def test_a_name_completes_the_word_allow(rule: Rule) -> None:
    """`allow no-memory-limit` reads; `allow dont-use-latest` and codes do not."""
    assert not _COMMANDS.match(rule.name.removeprefix("no-"))
    assert not _CODE.search(rule.name)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)


@each_rule
def test_a_page_has_a_summary_of_one_sentence(rule: Rule) -> None:
    """It fits the index: one line, with a full stop."""
    page = Page.of(rule)
    assert "\n" not in page.summary
    assert page.summary.endswith(".")


def test_every_file_is_a_rule() -> None:
    """A rule that is not found by the walk would be silent for ever."""
    files = {file.stem.replace("_", "-") for file in FOLDER.glob("*/*.py")} - {"--init--"}
    assert files == set(every_rule())
