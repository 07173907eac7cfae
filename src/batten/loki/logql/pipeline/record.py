"""One line on its way through a pipeline, with its labels."""

from collections.abc import Mapping

from batten.loki.store import Metadata

ERROR = "__error__"
ERROR_DETAILS = "__error_details__"
PRESERVE_ERROR = "__preserve_error__"
EXTRACTED = "_extracted"


class Record:
    """A line and its labels of three kinds: the stream's, structured metadata, and parsed ones.

    A parsed label hides metadata of its name, and metadata hides the stream's.
    """

    __slots__ = ("base", "details", "error", "extracted", "gone", "line", "meta", "parsed", "ts")

    def __init__(self, base: Mapping[str, str]) -> None:
        self.base = base
        self.ts = 0
        self.line = ""
        self.meta: dict[str, str] = {}
        self.parsed: dict[str, str] = {}
        self.gone: set[str] = set()
        self.extracted: set[str] = set()
        self.error = ""
        self.details = ""

    def begin(self, ts: int, line: str, metadata: Metadata) -> None:
        """Forget the last line and take this one."""
        self.ts = ts
        self.line = line
        self.error = self.details = ""
        if self.parsed:
            self.parsed = {}
        if self.gone:
            self.gone = set()
        if self.extracted:
            self.extracted = set()
        if self.meta:
            self.meta = {}
        if metadata:
            self._take(metadata)

    def _take(self, metadata: Metadata) -> None:
        for key, value in metadata:
            name = key + EXTRACTED if key in self.base else key
            if name == ERROR:
                self.error = value
            elif name == ERROR_DETAILS:
                self.details = value
            else:
                self.meta[name] = value
                self.extracted.add(name)

    def get(self, name: str) -> str | None:
        """The label's value, or None where there is no such label."""
        if name in self.meta:
            return self.meta[name]
        if name in self.parsed:
            return self.parsed[name]
        if name in self.gone:
            return None
        return self.base.get(name)

    def text(self, name: str) -> str:
        """The label's value as text conditions see it: empty where it is missing."""
        return self.error if name == ERROR else self.get(name) or ""

    def put(self, name: str, value: str) -> None:
        """Set a parsed label."""
        self.meta.pop(name, None)
        self.parsed[name] = value
        self.extracted.add(name)

    def remove(self, name: str) -> None:
        """Delete a label of any kind."""
        self.meta.pop(name, None)
        self.parsed.pop(name, None)
        self.gone.add(name)

    def fail(self, error: str, details: str = "", *, preserve: bool = False) -> None:
        """Mark the line as one that a stage could not read."""
        self.error = error
        if details:
            self.details = details
        if preserve:
            self.put(PRESERVE_ERROR, "true")

    @property
    def touched(self) -> bool:
        """Whether the labels are any but the stream's own."""
        return bool(self.parsed or self.meta or self.gone or self.error)

    def stream_labels(self) -> dict[str, str]:
        """The stream's own labels, as far as they are left and not hidden."""
        return {
            name: value
            for name, value in self.base.items()
            if name not in self.gone and name not in self.meta and name not in self.parsed
        }

    def parsed_labels(self) -> dict[str, str]:
        """What stages added, with the error if there was one."""
        parsed = dict(self.parsed)
        if self.error:
            parsed[ERROR] = self.error
        if self.details:
            parsed[ERROR_DETAILS] = self.details
        return parsed

    def labels(self) -> dict[str, str]:
        """All labels, the error among them."""
        return {**self.stream_labels(), **self.meta, **self.parsed_labels()}
