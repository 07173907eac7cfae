"""`batten check` as somebody types it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Batten = Callable[..., subprocess.CompletedProcess[str]]
GOOD = "services: {web: {image: 'example/web:1', mem_limit: 1g, restart: always}}\n"
BAD = "services: {web: {image: 'example/web:1', mem_limit: 1g, privileged: true}}\n"


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (GOOD, ("--group", "exposure"), 0),
        (BAD, ("--group", "exposure"), 1),
        (BAD, ("--group", "exposure", "--skip", "privileged-container"), 0),
        (BAD, ("--rule", "unbounded-json-file"), 0),
        (GOOD, ("--rule", "cpu-limit-above-host", "--host", "2cpu,4g"), 0),
        (GOOD, ("--rule", "memory-limits-above-host", "--host", "1cpu,512m"), 1),
        (
            GOOD,
            ("--rule", "memory-limits-above-host", "--host", "1cpu,512m", "--fail-on", "error"),
            0,
        ),
        (GOOD, ("--host", "big"), 2),
        (GOOD, ("--rule", "nonsense"), 2),
        ("services: {web: {image: 'x:${NOPE}'}}", (), 2),
        ("services: {web: {imag: x}}", (), 2),
    ],
)
def test_the_exit_code_is_the_answer(
    batten: Batten, tmp_path: Path, text: str, words: tuple[str, ...], code: int
) -> None:
    """0 clean, 1 findings, 2 not resolved; no traceback and no silent pass."""
    (tmp_path / "compose.yml").write_text(text)
    done = batten("check", *words)
    assert code == done.returncode, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert (code == 2) == bool(done.stderr)


def test_json_goes_to_stdout_alone(batten: Batten, tmp_path: Path) -> None:
    """A program can read it, overlay included."""
    (tmp_path / "compose.yml").write_text(GOOD)
    (tmp_path / "over.yml").write_text("services: {web: {privileged: true}}\n")
    done = batten(
        "check", "-f", "compose.yml", "-f", "over.yml", "--format", "json", "--group", "exposure"
    )
    found = [one for one in json.loads(done.stdout)["findings"] if one["severity"] == "error"]
    assert [("privileged-container", "over.yml", 1)] == [
        (one["rule"], one["file"], one["line"]) for one in found
    ]
    assert "" == done.stderr


def test_rules_explain_themselves(batten: Batten) -> None:
    """`--list` names every rule, `--explain` shows one; neither needs a stack."""
    listed, explained = batten("check", "--list"), batten("check", "--explain", "no-memory-limit")
    assert "resources/no-memory-limit (error): " in listed.stdout
    assert "Flagged:" in explained.stdout
    assert (0, 0) == (listed.returncode, explained.returncode)
