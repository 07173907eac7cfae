"""An image's name is taken apart as Docker does it."""

import pytest

from batten.catalog import Reference


@pytest.mark.parametrize(
    ("text", "registry", "path", "tag", "digest"),
    [
        ("postgres", "docker.io", "postgres", None, None),
        ("postgres:15", "docker.io", "postgres", "15", None),
        ("docker.io/library/postgres:15", "docker.io", "postgres", "15", None),
        ("index.docker.io/prom/prometheus", "docker.io", "prom/prometheus", None, None),
        ("reg.corp:5000/db/postgres", "reg.corp:5000", "db/postgres", None, None),
        ("localhost/app:1", "localhost", "app", "1", None),
        ("quay.io/minio/minio:R@sha256:ab", "quay.io", "minio/minio", "R", "sha256:ab"),
        ("redis@sha256:ab", "docker.io", "redis", None, "sha256:ab"),
    ],
)
def test_a_reference_has_its_parts(
    text: str, registry: str, path: str, tag: str | None, digest: str | None
) -> None:
    """A registry's port is no tag, and Docker Hub's names have one form."""
    assert Reference.parse(text) == Reference(registry, path, tag, digest)


@pytest.mark.parametrize(
    ("tag", "version"),
    [("15.19-bookworm", (15, 19)), ("v3.13.2", (3, 13, 2)), ("latest", ()), ("alpine3.20", ())],
)
def test_a_tag_tells_its_version(tag: str, version: tuple[int, ...]) -> None:
    """The numbers it starts with; a base's version is not the software's."""
    assert Reference.parse(f"x:{tag}").version == version


@pytest.mark.parametrize(
    ("tag", "older"),
    [("3.5.9", True), ("3.6.0", False), ("3", False), ("2", True), ("main", False)],
)
def test_what_the_tag_leaves_open_is_new(tag: str, *, older: bool) -> None:
    """Only a tag that says so is older."""
    assert Reference.parse(f"grafana/loki:{tag}").older_than(3, 6) is older
