"""`batten plan` as somebody types it."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Batten = Callable[..., subprocess.CompletedProcess[str]]
BATTEN = Path(sys.executable).with_name("batten")
WEB = "services: {web: {image: 'example/web:1', mem_limit: '${WEB_MEMORY:-4g}', cpus: 1}}\n"


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (WEB, ("--host", "8cpu,16g"), 0),
        (WEB, ("--host", "2cpu,2g"), 1),
        (WEB, ("--host", "2cpu,2g", "--fit"), 0),
        (WEB, ("--host", "2cpu,512m", "--fit"), 1),
        (WEB.replace("cpus: 1", "cpus: 1, scale: 0"), ("--host", "8cpu,16g", "--fit"), 0),
        (WEB, ("--host", "0cpu,1m", "--fit"), 1),
        (WEB, ("--host", "big"), 2),
        (WEB, ("--format", "env"), 2),
        ("services: {web: {imag: x}}", ("--host", "8cpu,16g"), 2),
    ],
)
def test_the_exit_code_is_the_answer(
    batten: Batten, tmp_path: Path, text: str, words: tuple[str, ...], code: int
) -> None:
    """0 fits, 1 does not, 2 cannot be read; no traceback."""
    (tmp_path / "compose.yml").write_text(text)
    done = batten("plan", *words)
    assert code == done.returncode, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert (code == 2) == bool(done.stderr)


def test_a_host_need_not_be_named(batten: Batten, tmp_path: Path) -> None:
    """Without one it is the engine's, and without an engine this machine."""
    (tmp_path / "compose.yml").write_text(WEB.replace("4g", "16m"))
    done = batten("plan", "--format", "json")
    assert os.cpu_count() == json.loads(done.stdout)["host"]["cores"]


def test_json_has_every_figure(batten: Batten, tmp_path: Path) -> None:
    """Bytes, cores, shares, and the variables where it was fitted."""
    (tmp_path / "compose.yml").write_text(WEB)
    found = json.loads(batten("plan", "--host", "2cpu,2g", "--fit", "--format", "json").stdout)
    (web,) = found["services"]
    assert (True, 1.5 * (1 << 30), 0.75) == (found["fits"], web["memory"], web["share"])
    assert {"WEB_MEMORY": "1536M"} == found["variables"]


def test_env_lines_can_be_appended_and_nothing_is_written(batten: Batten, tmp_path: Path) -> None:
    """`--format env` prints the variables alone; with them the stack fits. No file is touched."""
    (tmp_path / "compose.yml").write_text(WEB)
    printed = batten("plan", "--host", "2cpu,2g", "--fit", "--format", "env").stdout
    assert "WEB_MEMORY=1536M\n" == printed
    assert not (tmp_path / ".env").exists()
    assert WEB == (tmp_path / "compose.yml").read_text()
    (tmp_path / ".env").write_text(printed)
    assert 0 == batten("plan", "--host", "2cpu,2g").returncode


def test_a_refused_fit_gives_no_variables(batten: Batten, tmp_path: Path) -> None:
    """Nothing is printed that somebody could append; the reason goes to stderr."""
    (tmp_path / "compose.yml").write_text(WEB)
    done = batten("plan", "--host", "1cpu,512m", "--fit", "--format", "env")
    assert ("", 1) == (done.stdout, done.returncode)
    assert "are missing" in done.stderr


def test_a_pipe_is_plain_and_a_terminal_has_bars(batten: Batten, tmp_path: Path) -> None:
    """No escape codes and no bars in a pipe; bars on a terminal, and no line above 80 columns."""
    (tmp_path / "compose.yml").write_text(WEB)
    piped = batten("plan", "--host", "8cpu,16g").stdout
    assert "\x1b" not in piped
    assert "━" not in piped
    shown = _on_terminal(tmp_path, "--host", "8cpu,16g")
    assert "━" in shown
    plain = [line for line in shown.splitlines() if "\x1b" not in line]
    assert max(map(len, plain)) <= 80


def test_long_names_stay_readable_in_80_columns(tmp_path: Path) -> None:
    """Columns go before a line is broken."""
    name = "events-profiling-functions-consumer-two"
    (tmp_path / "compose.yml").write_text(WEB.replace("web", name, 1))
    shown = _on_terminal(tmp_path, "--host", "8cpu,16g")
    (row,) = [line for line in shown.splitlines() if name in line]
    assert "25%" in row


def _on_terminal(folder: Path, *words: str) -> str:
    """What a terminal of 80 columns gets."""
    main, side = pty.openpty()
    with subprocess.Popen(
        [BATTEN, "plan", *words],
        cwd=folder,
        env=os.environ | {"COLUMNS": "80", "TERM": "xterm"},
        stdin=side,
        stdout=side,
        stderr=side,
    ):
        os.close(side)
        found = b""
        while chunk := _read(main):
            found += chunk
    os.close(main)
    return found.decode()


def _read(descriptor: int) -> bytes:
    """What is there; nothing where the other side has hung up."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
