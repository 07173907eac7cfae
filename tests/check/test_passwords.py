"""Which passwords can be read in a file, and which only seem to be."""

from collections.abc import Callable

import pytest

from batten.check import Stack, examine
from batten.check.password import passwords
from batten.report.check import FORMATS, render

MakeStack = Callable[..., Stack]


def found(stack: Stack) -> list[tuple[str, str | None]]:
    """Name, and variable where one has its default."""
    return [(one.name, one.variable) for one in passwords(stack.services["a"])]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PASSWORD: hunter2", [("PASSWORD", None)]),
        ("PASSWORD: 12345", [("PASSWORD", None)]),
        ("PASSWORD: pa$$$$word", [("PASSWORD", None)]),
        ("PASSWORD: ${A}", []),
        ("PASSWORD: $A", []),
        ("PASSWORD: ${A?}", []),
        ("PASSWORD: ${A:-x}", []),
        ("PASSWORD: ${NO:-x}", [("PASSWORD", "NO")]),
        ("PASSWORD: ${NO-x}", [("PASSWORD", "NO")]),
        ("PASSWORD: ${NO:-}", []),
        ("PASSWORD: ${NO:-${A}}", []),
        ("PASSWORD: ${NO:-${NO_MORE:-x}}", [("PASSWORD", "NO")]),
        ("PASSWORD: ${A:-${NO:-x}}", []),
        ("PASSWORD: $$PASSWORD", []),
        ("PASSWORD: /run/secrets/x", []),
        ("PASSWORD_FILE: hunter2", []),
        ("PASSWORD:", []),
        ("PASSWORD: 'true'", []),
        ("MYSQL_ALLOW_EMPTY_PASSWORD: 'sure'", []),
        ("PWD: /app", []),
        ("APP_PWD: hunter2", [("APP_PWD", None)]),
        ("AWS_ACCESS_KEY_ID: AKIA", []),
        ("AWS_SECRET_ACCESS_KEY: x1", [("AWS_SECRET_ACCESS_KEY", None)]),
        ("SECRET_KEY: x1", [("SECRET_KEY", None)]),
        ("TOKENIZERS_PARALLELISM: '8'", []),
        ("AUTH_TOKEN_URL: https://example.org/token", []),
        ("AUTH_TOKEN: https://example.org/token", []),
        ("URL: postgres://u:p@h/d", [("URL", None)]),
        ("URL: postgres://u:${A}@h/d", []),
        ("URL: postgres://u:${NO:-p}@h/d", [("URL", "NO")]),
        ("URL: postgres://${NO:-u}:${A:-p}@h:5432/d", []),
        ("URL: postgres://${A:-u}:${NO:-p}@h:5432/${A}", [("URL", "NO")]),
        ("URL: redis://:p@h", [("URL", None)]),
        ("URL: http://h:80/a@b", []),
        ("URL: 'mailto:a:b@c'", []),
    ],
)
def test_a_password_is_told_from_what_seems_one(
    stack: MakeStack,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    expected: list[tuple[str, str | None]],
) -> None:
    """`A` is set and `NO` is not; a file, a switch and a shell's variable are no passwords."""
    monkeypatch.setenv("A", "of-the-host")
    for name in ("NO", "NO_MORE", "PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    text = f"services:\n  a:\n    image: x\n    environment:\n      {line}\n"
    assert expected == found(stack(text))


def test_the_file_that_decides_is_asked(stack: MakeStack) -> None:
    """An overlay that takes it from outside heals a base that had it."""
    base = "services: {a: {image: x, environment: [PASSWORD=hunter2, B_TOKEN=x1]}}"
    overlay = "services: {a: {environment: {PASSWORD: '${HOME}'}}}"
    assert [("B_TOKEN", None)] == found(stack(base, overlay))


def test_what_the_catalog_knows_counts_too(stack: MakeStack) -> None:
    """Grafana's is found by the catalog's word for it, in either notation."""
    text = (
        "services: {a: {image: grafana/grafana, environment: [GF_SECURITY_ADMIN_PASSWORD=admin]}}"
    )
    assert [("GF_SECURITY_ADMIN_PASSWORD", None)] == found(stack(text))


def test_no_finding_shows_a_password(stack: MakeStack) -> None:
    """Neither in its words nor by its line."""
    text = """\
services:
  a:
    image: redis:8
    command: [redis-server, --requirepass, s3cr3t-1]
    environment:
      API_PASSWORD: s3cr3t-2
      URL: "postgres://u:${NO_SUCH:-s3cr3t-3}@h/d"
"""
    report = examine(stack(text))
    rules = {one.rule for one in report.findings}
    assert {"literal-password", "default-password", "password-on-command-line"} <= rules
    for form in FORMATS:
        assert "s3cr3t" not in render(report, form)
