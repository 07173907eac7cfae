"""What the installer runs in a container of the driver's own image, on the plugin's state folder.

    python3 -m batten.driver.upgrade prepare STATE        the folder is there, without old programs
    python3 -m batten.driver.upgrade replace STATE NAME   the running plugin goes on as this program
    python3 -m batten.driver.upgrade remove STATE         the folder is empty

Exits 0; 3 where the running plugin's Python is another one; 4 where the plugin does not answer.
"""

import shutil
import sys
from pathlib import Path

from batten.driver import program

OTHER_PYTHON, NO_ANSWER = 3, 4


def main(words: list[str]) -> int:
    """Do one of the three; the exit code is what the installer reads."""
    verb, state = words[0], Path(words[1])
    if verb == "prepare":
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        state.chmod(0o700)
        program.forget(state)
    elif verb == "remove":
        for entry in state.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    else:
        return _replace(state, words[2])
    return 0


def _replace(state: Path, name: str) -> int:
    try:
        program.replace(state, name)
    except program.OtherPython:
        return OTHER_PYTHON
    except (TimeoutError, FileNotFoundError):
        return NO_ANSWER
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
