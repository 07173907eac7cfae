"""A batch: what lies in a piece of a stream, ready for Loki.

It is a function of the bytes, of `Times` and of `flush`, and of nothing else: after a crash the same
bytes make the same batch, so that Loki recognises what it already has.
"""

import struct
from collections.abc import Mapping
from typing import NamedTuple

from batten.driver.shipper import wire
from batten.driver.shipper.frame import Frame, frame
from batten.driver.spool import resync

# Joined lines longer than this are sent in several: a line must fit into memory, several times.
LONGEST_LINE = 16 << 20
# What claims to be longer is no frame: the engine cuts lines at 16 KiB.
_LONGEST_FRAME = 1 << 20
# A frame of the usual shape: its length, `source` with the tag of the time, the low and the high
# groups of the time, the tag of the line and the line's length.
_USUAL = struct.Struct(">I9sBBB6sBBB")
_LINE = 0x1A
_OVERHEAD = 23  # bytes of a usual frame before the line's length

# For each source the last time that the engine gave, and the last one that Loki was given.
Times = Mapping[str, tuple[int, int]]


class Batch(NamedTuple):
    """Lines from `begin` to `end` of a stream; `pieces` are those of `wire`, by source.

    `open_at` is where a line begins whose rest has not come, which then is not in the batch.
    """

    begin: int
    end: int
    pieces: dict[str, list[bytes]]
    times: dict[str, tuple[int, int]]
    open_at: int | None = None
    torn: int = 0  # bytes that were no frames

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return sum(map(len, self.pieces.values())) // wire.PIECES

    @property
    def size(self) -> int:
        """Bytes of its lines."""
        return sum(map(wire.line_bytes, self.pieces.values()))


class _Source:
    """The lines of stdout or of stderr; the first piece of a long line waits here for the rest."""

    def __init__(self, times: tuple[int, int] = (0, 0)) -> None:
        self.pieces: list[bytes] = []
        self.given, self.sent = times
        self.open: list[bytes] = []
        self.open_time = self.open_at = self.open_size = 0
        self.open_id = b""

    def stamp(self, time_ns: int) -> int:
        """The time that Loki is given.

        Loki takes two equal lines of one time for one. So a line with the time of the one before
        gets the next nanosecond; a clock that was set back stays set back.
        """
        later = time_ns if time_ns > self.sent or time_ns < self.given else self.sent + 1
        self.given, self.sent = time_ns, later
        return later

    def add(self, time_ns: int, line: bytes) -> None:
        self.pieces += wire.entry(self.stamp(time_ns), line)

    def take(self, one: Frame, at: int) -> None:
        """A frame of any kind."""
        if self.open and (self.open_id != one.id or self.open_size > LONGEST_LINE):
            self.flush()
        if not (one.partial or self.open):
            self.add(one.time_ns, one.line)
            return
        if not self.open:
            self.open_time, self.open_at, self.open_id = one.time_ns, at, one.id
        self.open.append(one.line)
        self.open_size += len(one.line)
        if one.last or not one.partial:
            self.flush()

    def flush(self) -> None:
        """Send what there is of a line."""
        if self.open:
            self.add(self.open_time, b"".join(self.open))
        self.open, self.open_size = [], 0


def batch(data: bytes, begin: int, times: Times, *, flush: bool = False, notice: str = "") -> Batch:
    """The whole lines at the beginning of `data`, which is what the stream has from `begin` on.

    With `flush` a line whose rest is missing is sent as it is. `notice` is a line of the driver's
    own that goes ahead of the others.
    """
    made = _Assembly(data, times).read(notice)
    open_at = made.open_at()
    if open_at is not None and not flush:
        if open_at == 0:
            return Batch(begin, begin, {}, dict(times), open_at=begin)
        # What other sources wrote behind it waits, too: a mark is one number.
        made = _Assembly(data[:open_at], times).read(notice)
    return made.batch(begin, None if flush or open_at is None else begin + open_at)


class _Assembly:
    def __init__(self, data: bytes, times: Times) -> None:
        self.data = data
        self.times = times
        self.sources: dict[str, _Source] = {}
        self.quick: dict[bytes, _Source] = {}
        self.at = self.torn = 0

    def open_at(self) -> int | None:
        return min((one.open_at for one in self.sources.values() if one.open), default=None)

    def batch(self, begin: int, open_at: int | None) -> Batch:
        times = dict(self.times)
        for name, one in self.sources.items():
            one.flush()
            times[name] = (one.given, one.sent)
        pieces = {name: one.pieces for name, one in self.sources.items() if one.pieces}
        return Batch(begin, begin + self.at, pieces, times, open_at, self.torn)

    def read(self, notice: str) -> "_Assembly":
        """Everything up to the last whole frame."""
        while self._usual() or self._unusual(notice):
            notice = ""
        return self

    def source(self, name: str) -> _Source:
        if name not in self.sources:
            self.sources[name] = _Source(self.times.get(name, (0, 0)))
        return self.sources[name]

    def _unusual(self, notice: str) -> bool:
        """The next frame, whatever its shape; False where there is no whole one."""
        data, at = self.data, self.at
        if at + 4 > len(data):
            return False
        length = int.from_bytes(data[at : at + 4], "big")
        if length > _LONGEST_FRAME:
            return self._skip()
        if at + 4 + length > len(data):
            return False
        try:
            one = frame(data[at + 4 : at + 4 + length])
        except ValueError:
            return self._skip()
        source = self.source(one.source)
        if notice:
            source.add(one.time_ns - 1, notice.encode())
        source.take(one, at)
        # While a line is open, every frame of its source comes this way.
        head = b"\x0a" + wire.varint(len(one.source)) + one.source.encode() + b"\x10"
        self.quick.pop(head, None)
        if not source.open:
            self.quick[head] = source
        self.at = at + 4 + length
        return True

    def _skip(self) -> bool:
        """Bytes that are no frame, such as half of one that a crash left: on to the next frame."""
        found = resync(self.data, self.at + 1)
        after = len(self.data) if found is None else found
        self.torn += after - self.at
        self.at = after
        return True

    def _usual(self) -> bool:
        """Every frame up to the next unusual one. Long on purpose: this is where the time goes."""
        data, at, quick, end = self.data, self.at, self.quick, len(self.data)
        unpack, size = _USUAL.unpack_from, _USUAL.size
        heads, low, top, second_ns = wire.HEADS, wire.LOW, wire.TOP, wire.SECOND
        last_high, base, second, stamp = b"", 0, -second_ns, b""
        while at + size <= end:
            length, head, t0, t1, t2, high, tag, l0, l1 = unpack(data, at)
            after = at + 4 + length
            source = quick.get(head)
            if source is None or tag != _LINE or after > end or t0 & t1 & t2 < 0x80:
                break
            if l0 < 0x80:
                if at + 24 + l0 != after:
                    break
            elif l1 > 0x7F or at - 103 + l0 + (l1 << 7) != after:
                break
            if high != last_high:
                if min(high[:5]) < 0x80 or high[5] > 0x7F:
                    break
                last_high, base = high, wire.read_varint(high, 0)[0] << 21
            time_ns = base | t0 & 0x7F | (t1 & 0x7F) << 7 | (t2 & 0x7F) << 14
            if time_ns > source.sent:
                source.given = source.sent = time_ns
            else:
                time_ns = source.stamp(time_ns)
            nanos = time_ns - second
            if not 0 <= nanos < second_ns:
                second = time_ns - time_ns % second_ns
                nanos = time_ns - second
                stamp = wire.seconds(second // second_ns)
            source.pieces += (
                heads[after - at - _OVERHEAD],
                stamp,
                low[nanos & 0x3FFF],
                low[nanos >> 14 & 0x3FFF],
                top[nanos >> 28],
                data[at + _OVERHEAD : after],
            )
            at = after
        moved, self.at = at > self.at, at
        return moved
