"""The name of an image, taken apart."""

import re
from typing import Self

import msgspec

DOCKER_HUB = "docker.io"
# Tags, and parts of tags, that go from version to version.
_MOVING = frozenset(
    (
        "alpine",
        "canary",
        "current",
        "dev",
        "develop",
        "edge",
        "latest",
        "lts",
        "main",
        "mainline",
        "master",
        "nightly",
        "release",
        "slim",
        "stable",
    )
)
_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)")


class Reference(msgspec.Struct, frozen=True):
    """`registry/path:tag@digest`; `docker.io/library/postgres` and `postgres` are the same image."""

    registry: str
    path: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Never fails: what Compose accepts as an image has these parts."""
        name, _, digest = text.partition("@")
        head, slash, last = name.rpartition("/")
        last, _, tag = last.partition(":")
        registry, path = _split_registry(f"{head}{slash}{last}")
        return cls(registry, path.removeprefix("library/"), tag or None, digest or None)

    @property
    def name(self) -> str:
        """The last part of the path: `postgres` of `bitnami/postgres`."""
        return self.path.rpartition("/")[2]

    @property
    def repository(self) -> str:
        """Registry and path as people write them: Docker Hub is left out."""
        return self.path if self.registry == DOCKER_HUB else f"{self.registry}/{self.path}"

    @property
    def version(self) -> tuple[int, ...]:
        """The numbers that the tag starts with: (15, 19) of `15.19-bookworm`; empty without."""
        match = _VERSION.match(self.tag or "")
        return tuple(int(part) for part in match[1].split(".")) if match else ()

    @property
    def names_no_version(self) -> bool:
        """Whether its tag goes from version to version, as `latest` or none at all does."""
        return not self.tag or set(re.split(r"[-_.]", self.tag.lower())) <= _MOVING

    def older_than(self, *version: int) -> bool:
        """Whether the tag says so; a tag that leaves it open is as new as it can be."""
        return bool(self.version) and self.version < version[: len(self.version)]


def _split_registry(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    if not is_host or first in {"index.docker.io", "registry-1.docker.io"}:
        return DOCKER_HUB, rest if is_host else name
    return first, rest
