import os
import threading
from collections.abc import Callable
from io import FileIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from batten.driver.acceptor.entry import entries

if TYPE_CHECKING:
    from tests.driver.acceptor.conftest import Acceptor

Frame = Callable[..., bytes]
Soon = Callable[[Callable[[], bool]], None]
MIB = 1 << 20


@pytest.fixture
def small_disk(acceptor: "Acceptor") -> "Acceptor":
    """An acceptor whose disk has 20 MiB, in a mount namespace of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk of 20 MiB")
    acceptor.kill()
    acceptor.start_on_small_disk(20 * MIB)
    return acceptor


def test_a_full_disk_blocks_nobody_and_is_told(small_disk: "Acceptor", frame: Frame) -> None:
    """The oldest lines go, counted; the newest stay; the container never waits."""
    count = 6000
    pipe = small_disk.begin()
    for number in range(count):
        pipe.write(frame(b"%06d " % number + b"x" * 8000))
    small_disk.end(pipe)
    stream = small_disk.stream()
    dropped = sum(drop.lines for drop in stream.drops())
    arrived = [int(entry.line[:6]) for _, entry in entries(small_disk.logs())]
    assert {drop.why for drop in stream.drops()} == {"disk-full"}
    assert arrived == sorted(set(arrived))
    assert arrived[-1] == count - 1
    # Of each line that was cut in two where bytes are missing, the first half is no line.
    gaps = sum(two - one > 1 for one, two in pairwise(arrived))
    assert count - gaps <= dropped + len(arrived) <= count


def test_a_disk_filled_by_others_blocks_nobody(small_disk: "Acceptor", frame: Frame) -> None:
    """Where nothing can be written at all, lines are dropped and counted; then it goes on."""
    pipe = small_disk.begin()
    pipe.write(frame(b"first"))
    small_disk.settled()
    hog = Path(small_disk.spool.root) / "hog"
    with hog.open("wb", buffering=0) as file:
        while has_room(file):
            pass
    for _ in range(3000):
        pipe.write(frame(b"x" * 8000))
    hog.unlink()
    pipe.write(frame(b"last"))
    small_disk.end(pipe)
    stream = small_disk.stream()
    assert small_disk.logs().endswith(frame(b"last\n"))
    assert stream.end > 3000 * 8000


def has_room(file: FileIO) -> bool:
    """Whether 4 KiB more could be written."""
    try:
        return file.write(b"x" * 4096) == 4096
    except OSError:
        return False


def test_block_makes_the_container_wait_and_loses_nothing(
    acceptor: "Acceptor", frame: Frame
) -> None:
    """With `spool-full=block` nothing is taken while the spool is full, and all of it later."""
    data = b"".join(frame(b"%d " % number + b"x" * 8000) for number in range(4000))
    pipe = acceptor.begin(spool_full="block", spool_max_size="10m")
    writing = threading.Thread(target=pipe.write, args=(data,))
    writing.start()
    writing.join(1)
    assert writing.is_alive()
    held = acceptor.stream()
    assert held.end < 30 * MIB
    (held.folder / "mark.json").write_text('{"offset": 1000000000}')
    writing.join(15)
    acceptor.end(pipe)
    assert acceptor.content() == data
    assert held.drops() == []
