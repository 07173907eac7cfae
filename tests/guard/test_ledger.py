"""What survives the guard."""

from pathlib import Path

import pytest

from batten.errors import InputError
from batten.guard.answer import Cause, History
from batten.guard.count import Counts, Kills
from batten.guard.entry import Entry
from batten.guard.ledger import Ledger, LedgerFile
from batten.model import Restart


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """All of it, to the microsecond."""
    entry = Entry(
        "web",
        "web",
        1795478754.099546,
        phase="waiting",
        cause=Cause.CRASH,
        due=1795478759.1,
        decided=1795478754.1,
        history=History(2, (1.5, 2.25)),
        taken=Restart("on-failure", 5),
    )
    counts = Counts({"crash": 2}, gave_up=1, down_seconds=3.5, oom_kills=4)
    ledger = Ledger(
        anchor=7.0, entries={"id": entry}, counts={"web": counts}, kills={"id": Kills(1.0, 2, 1)}
    )
    file = LedgerFile(tmp_path / "new" / "p.json")
    file.prepare()
    file.write(ledger)
    assert ledger == LedgerFile(file.path).read()


def test_nothing_new_is_not_written(tmp_path: Path) -> None:
    """Events come by the second, and a disk that is written to each time wears out."""
    file = LedgerFile(tmp_path / "p.json")
    file.write(Ledger(anchor=1.0))
    written = file.path.stat().st_mtime_ns
    file.write(Ledger(anchor=2.0))
    assert written == file.path.stat().st_mtime_ns


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', '{"entries": 5}'])
def test_what_cannot_be_read_is_begun_anew(text: str, tmp_path: Path) -> None:
    """A guard that does not start guards nothing."""
    path = tmp_path / "p.json"
    path.write_text(text, encoding="utf-8")
    assert LedgerFile(path).read() is None


def test_a_folder_that_cannot_be_written_to_is_an_error(tmp_path: Path) -> None:
    """Told at the start, not at the first crash."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot keep its state in"):
        LedgerFile(tmp_path / "file" / "p.json").prepare()


def test_two_guards_of_one_stack_are_one_too_many(tmp_path: Path) -> None:
    """Both would start what is down."""
    first, second = (LedgerFile(tmp_path / "p.json") for _ in range(2))
    first.prepare()
    with pytest.raises(InputError, match="another guard keeps its state in"):
        second.prepare()


def test_kills_are_counted_once() -> None:
    """The kernel's counter and the engine's events tell of the same ones."""
    kills = Kills(1.0)
    assert 1 == kills.tell()
    assert 0 == kills.look(1)
    assert 2 == kills.look(3)
    assert 0 == kills.tell()
