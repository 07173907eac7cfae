"""Packages for images are exactly those that were pinned."""

from pathlib import Path

import pytest

from batten.errors import ImageError
from batten.images.wheels import wheels


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_a_wrong_hash_is_refused(tmp_path: Path) -> None:
    """A package that is not the pinned one never reaches an image, and nothing is kept of it."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"six==1.17.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(ImageError, match="cannot be fetched") as caught:
        wheels(requirements, "x86_64")
    assert caught.value.at
    assert caught.value.at.file == requirements
    assert list((tmp_path / "batten" / "wheels").iterdir()) == []


def test_fetched_once_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time needs no index."""
    digest = "4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274"
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"six==1.17.0 --hash=sha256:{digest}\n")
    first = wheels(requirements, "x86_64")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    assert [wheel.name for wheel in first] == ["six-1.17.0-py2.py3-none-any.whl"]
    assert wheels(requirements, "x86_64") == first
