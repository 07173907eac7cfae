"""The tree is what ARCHITECTURE.md says it is."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "batten").rglob("*.py"))


def test_imports_only_go_left() -> None:
    """No layer knows the ones to its right, and only `engine/` knows the Docker SDK."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT / "src")))
def test_a_file_is_short_enough_to_read(file: Path) -> None:
    """A file past 400 lines holds more than one noun."""
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


def test_help_imports_neither_the_sdk_nor_rich() -> None:
    """`batten --help` is instant because it imports nothing heavy."""
    probe = (
        "import sys; sys.argv = ['batten', '--help']\n"
        "from batten.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'docker', 'rich', 'msgspec', 'yaml', 'psutil'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
