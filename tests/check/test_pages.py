"""The documentation of the rules is what the rules say."""

from pathlib import Path

import pytest

from batten.report.check.pages import pages

FOLDER = Path(__file__).parents[2] / "docs" / "rules"


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_page_is_fresh(name: str) -> None:
    """`make docs` writes it; a stale one is a lie."""
    file = FOLDER / name
    assert file.is_file(), "run `make docs`"
    assert pages()[name] == file.read_text(encoding="utf-8"), "run `make docs`"


def test_no_page_is_left_over() -> None:
    """A rule that is gone has no page."""
    assert {file.name for file in FOLDER.glob("*.md")} == set(pages())
