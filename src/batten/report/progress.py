"""Steps as somebody watches them: a live list in a terminal, lines of text elsewhere."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import ProgressColumn, SpinnerColumn, TaskID, TextColumn
from rich.text import Text

from batten.progress import Progress, Step

# A log that says nothing for longer looks dead.
HEARTBEAT_S = 10


def progress(*, quiet: bool = False) -> "Terminal | Lines":
    """The progress that fits standard error; `quiet` keeps the steps to itself."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    return Terminal(console) if console.is_terminal and not quiet else Lines(quiet=quiet)


class Terminal:
    """Running steps at the bottom with spinner and elapsed time; finished ones stay above."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
            SpinnerColumn(style="cyan"),
            TextColumn("{task.description}"),
            _Elapsed(),
            _Detail(),
            console=console,
            transient=True,
        )
        self._running = 0
        self._lock = threading.Lock()

    @contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """See `batten.progress.Progress`."""
        with self._lock:
            self._running += 1
            self._bars.start()
            task = self._bars.add_task(label, total=None, detail="")
        started, well = time.monotonic(), False
        try:
            yield _Bar(self._bars, task)
            well = True
        finally:
            self._end(task, label, time.monotonic() - started, well=well)

    def _end(self, task: TaskID, label: str, took: float, *, well: bool) -> None:
        with self._lock:
            self._bars.remove_task(task)
            mark = "[green]✓[/]" if well else "[red]✗[/]"
            if took >= 1 or not well:
                self._console.print(f"{mark} {label} [dim]{elapsed(took)}[/]")
            self._running -= 1
            if not self._running:
                self._bars.stop()

    def note(self, text: str) -> None:
        """See `batten.progress.Progress`."""
        self._console.print(f"[yellow]![/] {text}", markup=True)


class _Bar:
    def __init__(self, bars: Bars, task: TaskID) -> None:
        self._bars, self._task = bars, task

    def tell(self, detail: str) -> None:
        self._bars.update(self._task, detail=detail)


class _Elapsed(ProgressColumn):
    def render(self, task: object) -> Text:
        return Text(elapsed(getattr(task, "elapsed", 0) or 0), style="dim")


class _Detail(ProgressColumn):
    """What a step is doing, cut to the line: a wrapped one would push the others around."""

    def render(self, task: object) -> Text:
        fields = getattr(task, "fields", {})
        return Text(str(fields.get("detail", "")), style="dim", no_wrap=True, overflow="ellipsis")


class Lines:
    """One line when a step ends, and one every few seconds while it lasts."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet

    @contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """See `batten.progress.Progress`."""
        line = _Line(label, quiet=self._quiet)
        beat = threading.Thread(target=line.beat, daemon=True)
        beat.start()
        well = False
        try:
            yield line
            well = True
        finally:
            line.over.set()
            beat.join()
            line.end(well=well)

    def note(self, text: str) -> None:
        """See `batten.progress.Progress`."""
        _write(f"! {text}")


class _Line:
    def __init__(self, label: str, *, quiet: bool) -> None:
        self.over = threading.Event()
        self._label, self._quiet, self._detail = label, quiet, ""
        self._started = time.monotonic()

    def tell(self, detail: str) -> None:
        self._detail = detail

    def beat(self) -> None:
        while not self.over.wait(HEARTBEAT_S):
            self._write(f"… {self._label} {self._took()} {self._detail}".rstrip())

    def end(self, *, well: bool) -> None:
        if not well or time.monotonic() - self._started >= 1:
            self._write(f"{'✓' if well else '✗'} {self._label} {self._took()}")

    def _took(self) -> str:
        return elapsed(time.monotonic() - self._started)

    def _write(self, text: str) -> None:
        if not self._quiet:
            _write(text)


def _write(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def elapsed(seconds: float) -> str:
    """`0.4s`, `12s`, `2m03s`."""
    if seconds < 10:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def _contracts() -> tuple[Progress, ...]:
    """Both kinds keep the contract; the type checker reads this, nobody calls it."""
    return Terminal(Console()), Lines()
