"""Writing the overlay again."""

from typing import Any

import pytest

from batten.errors import InputError, Refusal

Folder = Any
BASE = """
services:
  db: {image: "postgres:17"}
  web: {image: "example/web:1"}
"""


def test_nothing_changes_by_itself(folder: Folder) -> None:
    """The second time everything is up to date."""
    folder.harden(BASE, observability=True)
    before = folder.overlay.read_text()
    again = folder.plan()
    assert again.is_current
    assert (before, ()) == (again.files[0].after, again.kept)


def test_what_a_person_has_changed_stays(folder: Folder) -> None:
    """Their values, comments and services, while the rest follows the base."""
    folder.harden(BASE)
    folder.edit("${WEB_MEMORY_LIMIT:-1G}\n", "${WEB_MEMORY_LIMIT:-3G} # it leaks\n")
    folder.edit("\nservices:\n", "\nservices:\n  mine: {image: example/mine:1}\n")
    folder.base.write_text(BASE.replace("postgres:17", "redis:7"))
    done = folder.harden()
    text = folder.overlay.read_text()
    assert "# it leaks" in text
    assert "mine: {image: example/mine:1}" in text
    assert "redis-server" in text
    assert "shared_buffers" not in text
    assert ("`web.deploy`",) == done.kept


def test_what_a_person_has_taken_out_stays_out(folder: Folder) -> None:
    """A key or a whole service; it is told."""
    folder.harden(BASE)
    line = "    memswap_limit: ${WEB_MEMORY_LIMIT:-1G} # no swap on top of it\n"
    folder.edit(line, "")
    done = folder.harden()
    assert line not in folder.overlay.read_text()
    assert done.kept == ("`web.memswap_limit` (taken out)",)


def test_a_service_that_is_gone_is_taken_out(folder: Folder) -> None:
    """With all that was written for it, and what is new is added."""
    folder.harden(BASE)
    folder.harden("services:\n  web: {image: example/web:1}\n  cache: {image: 'redis:7'}\n")
    assert {"web", "cache"} == set(folder.merged().services)
    assert "postgres" not in folder.overlay.read_text()


def test_a_file_of_somebody_else_is_refused(folder: Folder) -> None:
    """It was not written by Batten, so it is not Batten's to write."""
    folder.overlay.write_text("services: {}\n")
    with pytest.raises(Refusal, match="was not written by"):
        folder.harden(BASE)
    assert "services: {}\n" == folder.overlay.read_text()


def test_what_does_not_merge_is_never_written(folder: Folder) -> None:
    """The overlay stays as it was, and the error says where."""
    folder.harden(BASE)
    folder.edit("${WEB_PIDS_LIMIT:-512}", "many")
    before = folder.overlay.read_text()
    with pytest.raises(InputError, match="do not merge"):
        folder.harden()
    assert before == folder.overlay.read_text()


def test_configuration_that_a_person_has_changed_stays(folder: Folder) -> None:
    """And is named; an untouched file follows the stack."""
    folder.harden(BASE, observability=True)
    rules = folder.path / "config/prometheus/rules/targets.yml"
    rules.write_text("groups: []\n")
    folder.base.write_text(BASE + "  cache: {image: 'redis:7'}\n")
    done = folder.harden()
    assert "groups: []\n" == rules.read_text()
    assert any("rules/targets.yml" in one for one in done.kept)
    assert "redis-exporter" not in (folder.path / "config/prometheus/targets/stack.yml").read_text()
    assert (
        "cache-exporter:9121" in (folder.path / "config/prometheus/targets/stack.yml").read_text()
    )


def test_what_watches_can_be_taken_out_again(folder: Folder) -> None:
    """It stays by itself, and goes when it is said."""
    folder.harden(BASE, observability=True)
    folder.harden()
    assert "loki" in folder.merged().services
    folder.harden(observability=False)
    assert {"db", "web"} == set(folder.merged().services)
