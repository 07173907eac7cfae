"""The variables of a stack are known with their defaults and values."""

from collections.abc import Callable
from pathlib import Path

import pytest

from batten.compose import Project, Variable, variables

STACK = """
services:
  a:
    image: x
    environment:
      P: ${DB_PASSWORD:-postgres}
      Q: ${API_TOKEN:-t}
      R: ${TOKENIZER:-bpe}
      S: ${PORT:-80}
"""


def test_values_come_from_the_environment_and_the_env_file(
    project: Callable[..., Project], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each variable has its default, its value and its place."""
    (tmp_path / ".env").write_text("DB_PASSWORD=postgres\n")
    monkeypatch.setenv("API_TOKEN", "0123")
    found = {one.name: one for one in variables(project(STACK))}
    assert [(one.name, one.default, one.value) for one in found.values()] == [
        ("API_TOKEN", "t", "0123"),
        ("DB_PASSWORD", "postgres", "postgres"),
        ("PORT", "80", None),
        ("TOKENIZER", "bpe", None),
    ]
    assert str(found["DB_PASSWORD"].at) == "compose.0.yml:6:10"
    assert found["DB_PASSWORD"].has_default_value
    assert not found["API_TOKEN"].has_default_value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("POSTGRES_PASSWORD", True),
        ("GF_SECURITY_SECRET_KEY", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("API_TOKEN", True),
        ("TOKENIZER", False),
        ("KEYBOARD", False),
        ("PASSWORDLESS", False),
    ],
)
def test_a_secret_is_known_by_its_name(name: str, *, expected: bool) -> None:
    """Whole words of the name decide."""
    assert Variable(name, "", None).is_secret is expected
