"""Every value has a place in a file."""

from pathlib import Path

import pytest

from batten.compose import Sources

BASE = """\
x-common: &common
  image: x
  restart: always
services:
  a:
    <<: *common
    environment:
      - KEY=value
    ports:
      - "${PORT:-80}:8080"
      - {target: 9090, published: 90}
"""
OVERLAY = """\
services:
  a:
    # image: nothing
    image: y
"""


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """A base and an overlay."""
    (tmp_path / "base.yml").write_text(BASE)
    (tmp_path / "overlay.yml").write_text(OVERLAY)
    return Sources([tmp_path / "base.yml", tmp_path / "overlay.yml"])


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("services", "a", "image"), "overlay.yml:4:5"),
        (("services", "a", "restart"), "base.yml:3:3"),
        (("services", "a", "environment", "KEY"), "base.yml:8:9"),
        (("services", "a", "ports", "1"), "base.yml:11:9"),
    ],
)
def test_the_last_file_that_has_it_decides(
    sources: Sources, path: tuple[str, ...], place: str
) -> None:
    """Merge keys, `KEY=value` entries and lists included."""
    found = sources.find(path)
    assert found
    assert f"{found.file.name}:{found.line}:{found.column}" == place


def test_what_is_not_written_is_not_found(sources: Sources) -> None:
    """The closest ancestor stands in, if one is asked for."""
    path = ("services", "a", "deploy", "resources")
    near = sources.nearest(path)
    assert sources.find(path) is None
    assert near
    assert (near.file.name, near.line) == ("overlay.yml", 2)


def test_a_comment_is_no_source(sources: Sources) -> None:
    """A text search passes over what is commented out."""
    found = sources.search("image: y")
    assert found
    assert found.line == 4
    assert sources.search("image: nothing") is None


def test_entries_come_as_they_are_written(sources: Sources) -> None:
    """Variables are still there, and the long form is flattened."""
    texts = [text for _, text in sources.items(("services", "a", "ports"))]
    assert texts == ["${PORT:-80}:8080", "target 9090 published 90"]


def test_versions_show_who_changed_what(sources: Sources) -> None:
    """Every file's own value, newest first."""
    found = list(sources.versions(("services", "a", "image")))
    assert [("overlay.yml", "y"), ("base.yml", "x")] == [(v.at.file.name, v.text) for v in found]


def test_an_entry_has_its_key_and_value(sources: Sources) -> None:
    """`KEY=value` and mappings alike."""
    entries = list(sources.entries(("services", "a", "environment")))
    version = next(sources.versions(("services", "a", "environment", "KEY")))
    assert ["KEY=value"] == [entry.text for entry in entries]
    assert "value" == version.text


def test_a_tag_says_what_was_meant(tmp_path: Path) -> None:
    """`!override` and `!reset` are seen."""
    (tmp_path / "a.yml").write_text("services: {a: {command: !override x, ports: !reset []}}")
    sources = Sources([tmp_path / "a.yml"])
    assert ["!override"] == [v.tag for v in sources.versions(("services", "a", "command"))]
    assert ["!reset"] == [v.tag for v in sources.versions(("services", "a", "ports"))]


def test_extends_and_include_are_followed(tmp_path: Path) -> None:
    """A value that stands in another file is found there; circles end."""
    (tmp_path / "base.yml").write_text("services: {b: {image: x, extends: {service: b}}}")
    (tmp_path / "more.yml").write_text("include: [main.yml]\nservices: {c: {image: z}}")
    (tmp_path / "main.yml").write_text(
        "include:\n  - path: more.yml\n  - none.yml\n"
        "services:\n  a:\n    extends: {file: base.yml, service: b}\n"
    )
    sources = Sources([tmp_path / "main.yml"])
    image, other = (sources.find(("services", name, "image")) for name in "ac")
    assert image
    assert other
    assert ("base.yml", "more.yml") == (image.file.name, other.file.name)
    assert sources.find(("services", "a", "restart")) is None
